"""All tables of agenda and of the kit: whoever opens the database knows every one of them.

Foreign keys name tables of other features, and a process that has not imported those could follow none of them.
"""

# ruff: noqa: F401  # Importing the models enters their tables into the metadata.
from services.agenda.attendees import models as attendees
from services.agenda.database import Base
from services.agenda.events import models as events
from services.agenda.networking import models as networking
from services.agenda.programme import models as programme
from shared.kit import tables as kit

METADATA = Base.metadata
