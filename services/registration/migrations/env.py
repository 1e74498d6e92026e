"""Alembic's entry: registration's tables and the kit's."""

from services.registration.accounts import models as accounts
from services.registration.attendees import models as attendees
from services.registration.checkin import models as checkin
from services.registration.database import Base
from services.registration.signup import models as signup
from shared.kit import tables
from shared.kit.migrations import run_env

# Importing the models is what fills the metadata.
MODELS = (accounts, attendees, checkin, signup, tables)

run_env(Base.metadata)
