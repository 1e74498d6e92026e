"""A small application on the kit, as a service would build it."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Form, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.errors import Conflict, FieldError, Invalid, NotReady
from shared.kit.pages import Pages
from shared.kit.settings import Settings
from shared.kit.web.app import make_app
from shared.kit.web.dependencies import Db, Key
from shared.kit.web.idempotency import IdempotentRoute, once

router = APIRouter(route_class=IdempotentRoute)


def remember(request: Request, session: Db, key: Key) -> None:
    once(request, session, key, asker=request.headers.get("authorization", "public"))


Once = Annotated[None, Depends(remember, scope="function")]


class ThingFull(Conflict):
    """There is no room for {name}."""


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = 1


@pytest.fixture
def app(database: object, redis_url: str) -> FastAPI:
    from services.registration import runtime

    settings = Settings(public_url="http://testserver")
    pages = Pages("registration", [], assets_dir=settings.assets_dir)
    return make_app(
        "registration",
        settings=settings,
        engine=runtime.engine,
        sessions=runtime.Sessions,
        pages=pages,
        routers=[router],
    )


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


@router.post("/things/api/v1/things", status_code=201)
def create(thing: Thing, session: Db, response: Response, _: Once) -> dict[str, int]:
    number = _next_number(session)
    response.headers["Location"] = f"/things/{number}"
    if thing.name == "full":
        raise ThingFull(name=thing.name)
    return {"number": number}


@router.post("/things")
def create_by_form(name: Annotated[str, Form()], session: Db, _: Once) -> dict[str, int]:
    return {"number": _next_number(session)}


@router.get("/things/api/v1/unready")
def unready() -> None:
    raise NotReady(retry_after=7)


@router.get("/things/api/v1/invalid")
def invalid() -> None:
    raise Invalid([FieldError("name", "Too short.")])


@router.get("/things/api/v1/broken/{link}")
def broken(link: str) -> None:
    raise ZeroDivisionError(f"nobody may read {link} in a log")


@router.get("/things/page")
def page() -> None:
    raise ThingFull(name="<b>me</b>")


def _next_number(session: Session) -> int:
    """How often an effect was committed."""
    session.execute(
        text(
            "INSERT INTO inbox (message_id, producer, name, received_at) "
            "VALUES (gen_random_uuid(), 'test', 'effect', now())"
        )
    )
    return session.scalar(text("SELECT count(*) FROM inbox WHERE name = 'effect'")) or 0
