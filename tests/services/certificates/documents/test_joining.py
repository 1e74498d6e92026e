"""Papers drawn in parts are one paper: its pages look the same, and what they share is there once."""

import io
from dataclasses import replace

import pytest
from PIL import ImageChops
from pypdf import PdfReader

from services.certificates.badges.document import draw
from services.certificates.documents.joining import join
from tests.support.paper_facts import EVENT, HARD_NAMES, a_badge, a_badge_run, a_ticket_code
from tests.support.paper_judges import damages, preflight
from tests.support.papers import pages_as_pictures, qr_codes, texts

BADGES = [a_badge(*name, ticket_code=a_ticket_code(seed)) for seed, name in enumerate(HARD_NAMES)]
PARTS = [draw(a_badge_run(BADGES[begin : begin + 4])) for begin in (0, 4, 8)]


def test_joined_parts_show_what_was_drawn_at_once() -> None:
    joined, whole = join(PARTS), draw(a_badge_run(BADGES))
    for one, other in zip(pages_as_pictures(joined, dpi=72), pages_as_pictures(whole, dpi=72), strict=True):
        assert ImageChops.difference(one, other).getbbox() is None
    assert texts(joined) == texts(whole)
    assert qr_codes(joined) == [[badge.ticket_code] for badge in BADGES]


def test_a_joined_paper_is_undamaged_and_for_the_archive() -> None:
    joined = join(PARTS)
    assert damages(joined) == ""
    assert preflight({"joined": joined}) == {"joined": []}
    reader = PdfReader(io.BytesIO(joined))
    assert len(reader.pages) == len(BADGES)
    assert reader.metadata["/Title"] == PdfReader(io.BytesIO(PARTS[0])).metadata["/Title"]


def test_what_parts_share_is_written_once() -> None:
    parts = [draw(a_badge_run([a_badge(ticket_code=a_ticket_code(seed))] * 20)) for seed in range(5)]
    assert len(join(parts)) < len(parts[0]) + 4 * 20 * 900


def test_the_same_parts_give_the_same_bytes_and_one_part_is_itself() -> None:
    assert join(PARTS) == join(PARTS)
    assert join(PARTS[:1]) == PARTS[0]


def test_a_title_that_looks_like_a_reference_stays() -> None:
    event = replace(EVENT, title="Room 12 0 R (annex)")
    parts = [draw(replace(a_badge_run([badge]), event=event)) for badge in BADGES[:2]]
    assert PdfReader(io.BytesIO(join(parts))).metadata["/Title"] == event.title


def test_what_is_no_paper_of_ours_is_refused() -> None:
    with pytest.raises((ValueError, IndexError)):
        join([PARTS[0], b"%PDF-1.4\n%%EOF\n"])
