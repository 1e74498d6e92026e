"""The FastAPI application of a service, before its own routes."""

from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, text

from shared.kit.database import POOL_SIZE, Sessions
from shared.kit.migrations import is_at_head
from shared.kit.operations import api as operations_api
from shared.kit.operations import pages as operations_pages
from shared.kit.pages import Pages, mount_static
from shared.kit.redis_client import connect
from shared.kit.settings import Settings
from shared.kit.telemetry import configure_logging
from shared.kit.web.gate import NOWHERE, Gate
from shared.kit.web.head import HeadAsGet
from shared.kit.web.problems import PROBLEM_RESPONSES, answer_problems


def make_app(
    service: str,
    *,
    settings: Settings,
    engine: Engine,
    sessions: Sessions,
    pages: Pages,
    routers: Sequence[APIRouter],
    larger_bodies: Mapping[str, int] = NOWHERE,
) -> FastAPI:
    """An application with health checks, error answers, body limit and static files.

    `larger_bodies` gives the bytes that a body may have at addresses with such an ending.
    """
    configure_logging(settings)
    app = FastAPI(
        title=f"Treffpunkt: {service}",
        version="1",
        openapi_url=f"/{service}/api/v1/openapi.json",
        # FastAPI's own pages load their script from a foreign host.
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    # The routes' dependencies find them there (`web/dependencies.py`).
    app.state.settings, app.state.sessions, app.state.pages = settings, sessions, pages
    app.add_middleware(
        Gate,
        public_url=settings.public_url,
        slots=POOL_SIZE,
        answer=answer_problems(app, pages),
        larger=larger_bodies,
    )
    app.add_middleware(HeadAsGet)
    app.include_router(health_routes(service, settings, engine))
    for router in (*routers, operations_api.routes(service), operations_pages.routes(service)):
        app.include_router(router)
    mount_static(app, service, settings.assets_dir)
    return app


def health_routes(service: str, settings: Settings, engine: Engine) -> APIRouter:
    """`/healthz`: the process answers. `/readyz`: database, Redis and migrations are there too."""
    router = APIRouter(include_in_schema=False)
    broker = connect(settings.redis_url)

    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    def readyz() -> JSONResponse:
        checks = {
            "database": _works(lambda: _ping_database(engine)),
            "redis": _works(lambda: broker.ping()),
            "migrations": _works(lambda: _must_be_at_head(service, engine)),
        }
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    for prefix in ("", f"/{service}"):
        router.add_api_route(f"{prefix}/healthz", healthz)
        router.add_api_route(f"{prefix}/readyz", readyz)
    return router


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # Whatever is wrong with a dependency, the answer is "not ready".
        return False
    return True


def _ping_database(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _must_be_at_head(service: str, engine: Engine) -> None:
    if not is_at_head(service, engine):
        raise RuntimeError(f"{service}: `treffpunkt migrate` has not run")
