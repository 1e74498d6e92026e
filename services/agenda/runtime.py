"""What the environment says, read once: settings, database."""

from shared.kit.database import make_engine, make_sessions
from shared.kit.settings import Settings

settings = Settings()
engine = make_engine(settings.database_url("agenda"))
Sessions = make_sessions(engine)
