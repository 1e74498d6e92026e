import base64

import pytest

from shared.errors import Invalid
from shared.kit.web.paging import page_of, read_cursor, write_cursor


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert read_cursor(write_cursor(["Kranz", "Aurelia"])) == ["Kranz", "Aurelia"]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "e30=", base64.urlsafe_b64encode(b"[" * 30_000).decode()],
    ids=["empty", "no base64", "an object", "deeply nested"],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(cursor)


def test_a_page_ends_with_a_cursor_where_more_follows() -> None:
    rows, cursor = page_of(["a", "b", "c"], 2, key=lambda row: [row])
    assert (rows, read_cursor(cursor)) == (["a", "b"], ["b"])
    assert page_of(["c"], 2, key=lambda row: [row]) == (["c"], None)
