from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.support.browser import browser, open_page, serving
from tests.support.gallery.app import make_app
from tests.support.published_event import Organiser, Published

__all__ = ["browser", "gallery", "open_page"]


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    with serving(make_app()) as address:
        yield address


@pytest.fixture(scope="session")
def organiser(stack: Stack) -> Organiser:
    return Organiser(stack)


@pytest.fixture
def event(organiser: Organiser) -> Published:
    return organiser.publish_event()
