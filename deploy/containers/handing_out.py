"""What is secret: made once, and handed to each container, which finds only its own in /run/secrets.

    python -m deploy.containers.handing_out                            makes what is missing and hands it out
    python -m deploy.containers.handing_out keep smtp_password < FILE  keeps a secret of your own, and hands it out
    python -m deploy.containers.handing_out rotate                     makes new keys for signing papers
    python -m deploy.containers.handing_out revoke KEY "WHY"           takes the trust from a key, and makes a new one
    python -m deploy.containers.handing_out seal ORGANISATION < FILE   keeps an organisation's own seal (PKCS#12), whose
                                                                       passphrase is in the variable SEAL_PASSPHRASE

The folder `all` holds everything and is the one to back up. The others are made anew from it at each start.
"""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

from deploy.local.bootstrap import DATABASE, SERVICES
from deploy.local.files import write_private
from shared.kit import signing_keys
from shared.kit.clock import utc_now
from shared.kit.secrets import make_missing
from shared.kit.settings import Settings

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
        *("access_public.pem", "ticket_private.pem", signing_keys.FILE_NAME),
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
    made = make_missing(kept, public_url=Settings().public_url)
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
    """The forms in which programs take their secrets: addresses, Redis' configuration, keys that only sign."""
    addresses = {
        f"{service}_database_url": (
            f"postgresql+psycopg://{service}:{passwords[f'{service}_password']}@postgres:5432/{DATABASE}"
        )
        for service in SERVICES
    }
    broker = passwords["redis_password"]
    ring = signing_keys.KeyRing.model_validate_json(passwords[signing_keys.FILE_NAME])
    return {
        **addresses,
        "redis_url": f"redis://:{broker}@redis:6379/0",
        "redis.conf": f"requirepass {broker}\n",
        signing_keys.FILE_NAME: ring.without_authority().model_dump_json(),
    }


def keep(name: str, value: str, place: Path = PLACE) -> None:
    """Keep a secret of your own, for example a mail server's password."""
    if name not in FOREIGN:
        sys.exit(f"There is no secret {name} to be kept; there is: {', '.join(FOREIGN)}.")
    write_private(place / "all" / name, value)


def change_keys(arguments: Sequence[str], place: Path = PLACE) -> None:
    """What `treffpunkt keys` does where the authority's key is at hand."""
    now, public_url = utc_now(), Settings().public_url

    def step(ring: signing_keys.KeyRing) -> signing_keys.KeyRing:
        match arguments:
            case ["rotate"]:
                return signing_keys.rotated(ring, public_url, now)
            case ["revoke", kid, reason]:
                return signing_keys.revoked(ring, kid, reason, public_url, now)
            case ["seal", organisation]:
                passphrase = os.environ.get("SEAL_PASSPHRASE", "")
                file = sys.stdin.buffer.read()
                return signing_keys.with_seal(ring, UUID(organisation), file, passphrase, now)
        sys.exit(f"There is nothing to do called {' '.join(arguments)}.")

    try:
        signing_keys.change(place / "all", step)
    except (signing_keys.UnknownKey, signing_keys.SealError) as problem:
        sys.exit(f"Nothing was changed: {problem}")


def main(arguments: Sequence[str]) -> None:
    made = make()
    match arguments:
        case ["keep", name]:
            keep(name, sys.stdin.read().strip())
        case [_, *_]:
            change_keys(arguments)
    hand_out()
    if made:
        print(WELCOME)


if __name__ == "__main__":
    main(sys.argv[1:])
