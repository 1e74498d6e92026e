"""Settings and database of the service, read once."""

from shared.kit.database import make_engine, make_sessions
from shared.kit.settings import Settings

settings = Settings()
engine = make_engine(settings.certificates_database_url)
Sessions = make_sessions(engine)
