"""Every route of an application, for tests that try all of them."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute

Route = tuple[str, str]
"""Method and path, its parameters in braces."""


def every_route(app: FastAPI) -> Iterator[Route]:
    """The routes of all routers that the application includes."""
    for included in app.routes:
        router = getattr(included, "original_router", None)
        for route in router.routes if router else ():
            if isinstance(route, APIRoute):
                yield from ((method, route.path) for method in sorted(route.methods))
