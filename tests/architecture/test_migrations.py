import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shared.contracts.messages import Service
from shared.kit import migrations
from shared.kit.tables import METADATA


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("service", list(Service))
def test_the_migrations_make_exactly_the_tables_of_the_models(service: Service) -> None:
    engine = importlib.import_module(f"services.{service}.runtime").engine
    importlib.import_module(f"services.{service}.worker")
    importlib.import_module(f"services.{service}.main")
    tables = importlib.import_module(f"services.{service}.database").Base.metadata
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, [METADATA, tables]) == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("service", list(Service))
def test_migrating_twice_changes_nothing(service: Service) -> None:
    runtime = importlib.import_module(f"services.{service}.runtime")
    migrations.upgrade(service, runtime.settings.database_url(service))
    assert migrations.is_at_head(service, runtime.engine)
