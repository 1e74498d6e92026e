"""What the environment says, read once: settings, database."""

from services.agenda import tables  # noqa: F401  # No foreign key of a query leads to a table that is unknown.
from shared.kit.database import make_engine, make_sessions
from shared.kit.settings import Settings

settings = Settings()
engine = make_engine(settings.database_url("agenda"))
Sessions = make_sessions(engine)
