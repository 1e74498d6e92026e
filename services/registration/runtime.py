"""What the environment says, read once: settings, database."""

from functools import cached_property

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from services.registration import tables  # noqa: F401  # No foreign key of a query leads to a table that is unknown.
from shared.kit.database import make_engine, make_sessions
from shared.kit.settings import Settings


class RegistrationSettings(Settings):
    """The settings of all, and what only registration reads."""

    @cached_property
    def ticket_public_key(self) -> bytes | None:
        """The 32 bytes (Ed25519) of the key that checks tickets; None on a machine without its file."""
        path = self.secrets_dir / "ticket_public.pem"
        if not path.exists():
            return None
        return load_pem_public_key(path.read_bytes()).public_bytes(Encoding.Raw, PublicFormat.Raw)


settings = RegistrationSettings()
engine = make_engine(settings.database_url("registration"))
Sessions = make_sessions(engine)
