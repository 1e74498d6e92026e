"""Alembic's entry: the agenda's tables and the kit's."""

from services.agenda.attendees import models as attendees
from services.agenda.database import Base
from services.agenda.events import models as events
from services.agenda.networking import models as networking
from services.agenda.programme import models as programme
from shared.kit import tables
from shared.kit.migrations import run_env

# Importing the models is what fills the metadata.
MODELS = (attendees, events, networking, programme, tables)

run_env(Base.metadata)
