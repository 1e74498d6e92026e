"""What is secret: made once, and handed to each container, which finds only its own in /run/secrets.

    python -m deploy.containers.handing_out                            makes what is missing and hands it out
    python -m deploy.containers.handing_out keep smtp_password < FILE  keeps a secret of your own, and hands it out

The folder `all` holds everything and is the one to back up. The others are made anew from it at each start.
"""

import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.bootstrap import DATABASE, SERVICES
from deploy.local.files import write_private
from shared.kit.secrets import make_missing

PLACE = Path("/secrets")
# Made up here, letters and digits that need no quoting in an address.
PASSWORDS = ("postgres_password", "redis_password", *(f"{service}_password" for service in SERVICES))
# Made up elsewhere; empty until somebody keeps one.
FOREIGN = ("smtp_password",)

HANDED_OUT: Mapping[str, Sequence[str]] = {
    "agenda": ("agenda_database_url", "redis_url", "access_public.pem"),
    "beat": ("redis_url",),
    "certificates": (
        *("certificates_database_url", "redis_url", "smtp_password"),
        *("access_public.pem", "ticket_private.pem"),
    ),
    "postgres": ("postgres_password",),
    "redis": ("redis.conf",),
    "registration": (
        *("registration_database_url", "redis_url", "smtp_password"),
        *("access_private.pem", "access_public.pem", "link_secret", "ticket_public.pem"),
    ),
    "relay": (*(f"{service}_database_url" for service in SERVICES), "redis_url"),
    "roles": ("postgres_password", *(f"{service}_password" for service in SERVICES)),
}

WELCOME = """Keys and passwords are made. When everything runs, make the first organiser:

    docker compose exec registration-web treffpunkt organiser add YOU@EXAMPLE.ORG --organisation "YOUR NAME"
"""


def make(place: Path = PLACE) -> list[str]:
    """Make what is missing in `all`; returns the names."""
    kept = place / "all"
    made = make_missing(kept)
    for name in (*PASSWORDS, *FOREIGN):
        if not (kept / name).exists():
            write_private(kept / name, secrets.token_urlsafe(24) if name in PASSWORDS else "")
            made.append(name)
    return made


def hand_out(place: Path = PLACE) -> None:
    """Write each container's folder anew; a secret that it should no longer have goes."""
    known = {path.name: path.read_text(encoding="utf-8") for path in (place / "all").iterdir()}
    known |= derived(known)
    for container, names in HANDED_OUT.items():
        for name in names:
            # Under its name a running program finds the old file or the new one, never half of it.
            write_private(place / container / f".{name}", known[name])
            (place / container / f".{name}").rename(place / container / name)
        for path in (place / container).iterdir():
            if path.name not in names:
                path.unlink()


def derived(passwords: Mapping[str, str]) -> dict[str, str]:
    """The forms in which programs take their password: the addresses and Redis' configuration."""
    addresses = {
        f"{service}_database_url": (
            f"postgresql+psycopg://{service}:{passwords[f'{service}_password']}@postgres:5432/{DATABASE}"
        )
        for service in SERVICES
    }
    broker = passwords["redis_password"]
    return {
        **addresses,
        "redis_url": f"redis://:{broker}@redis:6379/0",
        "redis.conf": f"requirepass {broker}\n",
    }


def keep(name: str, value: str, place: Path = PLACE) -> None:
    """Keep a secret of your own, for example a mail server's password."""
    if name not in FOREIGN:
        sys.exit(f"There is no secret {name} to be kept; there is: {', '.join(FOREIGN)}.")
    write_private(place / "all" / name, value)


def main(arguments: Sequence[str]) -> None:
    made = make()
    if arguments:
        _, name = arguments
        keep(name, sys.stdin.read().strip())
    hand_out()
    if made:
        print(WELCOME)


if __name__ == "__main__":
    main(sys.argv[1:])
