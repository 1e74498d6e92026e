"""Makes one database with a role and a schema for each service; none can read another's."""

from collections.abc import Mapping
from typing import LiteralString

import psycopg
from psycopg import sql

DATABASE = "treffpunkt"
SERVICES = ("registration", "agenda", "certificates")


def bootstrap(superuser_url: str, passwords: Mapping[str, str]) -> None:
    """Bring roles, schemas and passwords to the wanted state; running it again changes nothing.

    `superuser_url` leads to the server's own database `postgres`; `passwords` has one for each of SERVICES.
    """
    with psycopg.connect(superuser_url, autocommit=True) as server:
        for service in SERVICES:
            ensure_role(server, service, passwords[service])
        ensure_database(server)
    with psycopg.connect(superuser_url, dbname=DATABASE, autocommit=True) as database:
        database.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for service in SERVICES:
            ensure_schema(database, service)


def ensure_role(server: psycopg.Connection, service: str, password: str) -> None:
    if not exists(server, "SELECT 1 FROM pg_roles WHERE rolname = %s", service):
        server.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(service)))
    server.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.Identifier(service), sql.Literal(password)
        )
    )
    server.execute(sql.SQL("ALTER ROLE {0} SET search_path = {0}").format(sql.Identifier(service)))


def ensure_database(server: psycopg.Connection) -> None:
    if not exists(server, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    for name in (DATABASE, "postgres", "template1"):
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def ensure_schema(database: psycopg.Connection, service: str) -> None:
    role = sql.Identifier(service)
    database.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), role))
    database.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {0} AUTHORIZATION {0}").format(role))
    database.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(role))


def exists(connection: psycopg.Connection, query: LiteralString, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
