"""Makes the database with a role and a schema for each service; running it again changes nothing."""

import time
from pathlib import Path

import psycopg

from deploy.local.bootstrap import SERVICES, bootstrap

SECRETS = Path("/run/secrets")
# A first start makes the cluster; on a slow disk that takes half a minute.
PATIENCE_SECONDS = 120


def main() -> None:
    superuser = f"postgresql://postgres:{read('postgres_password')}@postgres:5432/postgres"
    wait_for(superuser)
    bootstrap(superuser, {service: read(f"{service}_password") for service in SERVICES})


def read(name: str) -> str:
    return (SECRETS / name).read_text(encoding="utf-8")


def wait_for(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


if __name__ == "__main__":
    main()
