"""All tables of the kit, so that each service's migrations see every one of them."""

from shared.kit.access import RevokedSession
from shared.kit.database import KitBase
from shared.kit.idempotency import StoredAnswer
from shared.kit.inbox import InboxMessage
from shared.kit.mail.models import Mail
from shared.kit.outbox import OutboxMessage

TABLES = (InboxMessage, Mail, OutboxMessage, RevokedSession, StoredAnswer)
METADATA = KitBase.metadata
