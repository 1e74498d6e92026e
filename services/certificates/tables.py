"""All tables of certificates and of the kit: whoever opens the database knows every one of them.

Foreign keys name tables of other features, and a process that has not imported those could follow none of them.
"""

# ruff: noqa: F401  # Importing the models enters their tables into the metadata.
from services.certificates.attendance import models as attendance
from services.certificates.confirmations import models as verification
from services.certificates.copies import models as copies
from services.certificates.database import Base
from services.certificates.layouts import models as layouts
from services.certificates.printing import models as printing
from services.certificates.runs import models as runs
from services.certificates.signed_lists import models as signed_lists
from services.certificates.tickets import models as tickets
from services.certificates.ways import models as ways
from shared.kit import tables as kit

METADATA = Base.metadata
