"""Alembic's environment: all models of the service, so that none is forgotten."""

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
from shared.kit import tables
from shared.kit.migrations import run_env

# Importing the models is what fills the metadata.
MODELS = (
    attendance,
    copies,
    layouts,
    printing,
    runs,
    signed_lists,
    tables,
    tickets,
    verification,
    ways,
)

run_env(Base.metadata)
