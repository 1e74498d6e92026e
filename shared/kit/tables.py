"""All tables of the kit, so that each service's migrations see every one of them."""

# ruff: noqa: F401  # Importing a module enters its tables into the metadata.
from shared.kit import access, idempotency, inbox, outbox
from shared.kit.database import KitBase
from shared.kit.mail import models

METADATA = KitBase.metadata
