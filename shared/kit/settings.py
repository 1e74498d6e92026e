"""Settings from the environment, one class for all: each default works on a laptop."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = ("registration", "agenda", "certificates")


class Settings(BaseSettings):
    """Read once, in a service's `runtime.py`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    registration_database_url: str = "postgresql+psycopg://registration@127.0.0.1:5433/treffpunkt"
    """Registration's database, as its own role; likewise the next two."""
    agenda_database_url: str = "postgresql+psycopg://agenda@127.0.0.1:5433/treffpunkt"
    certificates_database_url: str = "postgresql+psycopg://certificates@127.0.0.1:5433/treffpunkt"
    redis_url: str = "redis://127.0.0.1:6380/0"
    """Broker of the messages between the services."""
    public_url: str = "http://localhost:8080"
    """The one address under which people reach everything, without a slash at the end."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8125
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    mail_from: str = "Treffpunkt <treffpunkt@localhost>"
    """Sender of all mails; the organiser's address goes into Reply-To."""
    mail_per_second: float = 0
    """Upper limit for one SMTP host over all processes; 0 means none."""
    secrets_dir: Path = Path("var/secrets")
    """Folder of key files, made by `treffpunkt secrets make`."""
    documents_dir: Path = Path("var/documents")
    """Folder of drawn PDFs; shared by web and worker of certificates."""
    assets_dir: Path = Path("node_modules")
    """What npm installed: htmx, KERN, Noto."""
    log_format: Literal["console", "json"] = "console"
    log_level: str = "INFO"
    imprint_url: str = ""
    privacy_url: str = ""
    """Links at the foot of each page; left out where empty."""

    def database_url(self, service: str) -> str:
        """The database of a service, as that service's own role."""
        return str(getattr(self, f"{service}_database_url"))

    @property
    def is_https(self) -> bool:
        """Whether people reach us over https, so that cookies can be bound to it."""
        return self.public_url.startswith("https://")

    @property
    def access_cookie(self) -> str:
        """`__Host-` binds the cookie to this host, but browsers accept it over https only."""
        return "__Host-treffpunkt" if self.is_https else "treffpunkt"

    @cached_property
    def access_public_key(self) -> bytes:
        """PEM of the key that checks browser cookies and API tokens."""
        return (self.secrets_dir / "access_public.pem").read_bytes()

    @cached_property
    def access_private_key(self) -> bytes:
        """PEM of the key that signs them; registration's only."""
        return (self.secrets_dir / "access_private.pem").read_bytes()

    @cached_property
    def link_secret(self) -> bytes:
        """Key of the attendees' own links; registration's only."""
        return (self.secrets_dir / "link_secret").read_bytes()

    @cached_property
    def ticket_private_key(self) -> bytes:
        """PEM of the key that signs tickets; certificates' only."""
        return (self.secrets_dir / "ticket_private.pem").read_bytes()
