"""What a state is called in ETag and If-Match, also behind a proxy that compresses."""

import pytest
from fastapi import Request

from shared.errors import PreconditionRequired, Stale
from shared.kit.web.caching import etag_of, must_match

ETAG = etag_of("plan", 3)
OTHER = etag_of("plan", 4)


def asking(if_match: str | None) -> Request:
    headers = [] if if_match is None else [(b"if-match", if_match.encode())]
    return Request({"type": "http", "method": "PUT", "path": "/", "headers": headers})


@pytest.mark.parametrize("given", [ETAG, "*", f"{OTHER}, {ETAG}", f"W/{ETAG}"])
def test_whoever_names_the_state_as_it_is_may_change_it(given: str) -> None:
    must_match(asking(given), ETAG)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "br"])
def test_a_state_read_compressed_may_be_changed(coding: str) -> None:
    must_match(asking(f'{ETAG[:-1]}-{coding}"'), ETAG)


@pytest.mark.parametrize("given", [OTHER, f'{OTHER[:-1]}-gzip"', ETAG[:-2] + '"', "gzip", ""])
def test_whoever_names_another_state_is_refused(given: str) -> None:
    with pytest.raises(Stale):
        must_match(asking(given), ETAG)


def test_whoever_names_no_state_is_asked_for_one() -> None:
    with pytest.raises(PreconditionRequired):
        must_match(asking(None), ETAG)
