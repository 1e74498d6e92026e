from collections.abc import Iterator

import pytest

from tests.support.scripted_smtp import Script, a_scripted_server


@pytest.fixture
def server() -> Iterator[Script]:
    with a_scripted_server(enable_SMTPUTF8=True) as script:
        yield script
