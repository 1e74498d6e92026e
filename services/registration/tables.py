"""All tables of registration and of the kit: whoever opens the database knows every one of them.

Foreign keys name tables of other features, and a process that has not imported those could follow none of them.
"""

# ruff: noqa: F401  # Importing the models enters their tables into the metadata.
from services.registration.accounts import models as accounts
from services.registration.attendees import models as attendees
from services.registration.checkin import models as checkin
from services.registration.database import Base
from services.registration.signup import models as signup
from shared.kit import tables as kit

METADATA = Base.metadata
