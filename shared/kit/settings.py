"""Settings from the environment, one class for all: each default works on a laptop.

`NAME_FILE` names a file that holds the value of `NAME`, as Docker's and Kubernetes' secrets do: an
environment can be read by whoever may look at a container, a file only by its process.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

SERVICES = ("registration", "agenda", "certificates")


class Settings(BaseSettings):
    """Read once, in a service's `runtime.py`."""

    # Compose hands a variable that nobody has set over as an empty one.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

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
    timestamp_url: str = ""
    """Timestamp authority (RFC 3161) that says when a paper was signed; none where empty."""
    assets_dir: Path = Path("node_modules")
    """What npm installed: htmx, KERN, Noto."""
    log_format: Literal["console", "json"] = "console"
    log_level: str = "INFO"
    heartbeat_dir: Path | None = None
    """Folder in which relay, beat and workers leave signs of life; none where empty."""
    imprint_url: str = ""
    privacy_url: str = ""
    """Links at the foot of each page; left out where empty."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, NamedFiles(settings_cls)

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


class NamedFiles(PydanticBaseSettingsSource):
    """The values in the files that `NAME_FILE` names, without the line end that an editor leaves."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        place = os.environ.get(f"{field_name.upper()}_FILE")
        return Path(place).read_text(encoding="utf-8").strip() if place else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value}
