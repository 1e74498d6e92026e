"""Settings and database of the service, read once."""

from services.certificates import tables  # noqa: F401  # No foreign key of a query leads to a table that is unknown.
from shared.kit.database import make_engine, make_sessions
from shared.kit.settings import Settings

settings = Settings()
engine = make_engine(settings.certificates_database_url)
Sessions = make_sessions(engine)
