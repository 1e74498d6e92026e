from collections.abc import Iterator

import pytest

from tests.support.browser import browser, open_page, serving
from tests.support.gallery.app import make_app

__all__ = ["browser", "gallery", "open_page"]


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    with serving(make_app()) as address:
        yield address
