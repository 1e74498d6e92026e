"""The door: a device with a token that sends its scans in batches, late, mixed up and some twice."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.play.data import DoorScan
from deploy.local.play.http import Visitor

BATCH = 20
# One scan in six is sent twice, as by a device whose answer was lost.
REPEATED = 6

Scan = dict[str, Any]


class Door:
    def __init__(self, public_url: str, token: str, slug: str) -> None:
        self._api = Visitor(public_url, token)
        self._address = f"/registration/api/v1/events/{slug}/scans"

    def send(self, scans: Sequence[Scan]) -> list[dict[str, Any]]:
        """Send one batch; a result for each scan, in its order."""
        answer = self._api.post(self._address, json={"scans": list(scans)})
        results: list[dict[str, Any]] = answer.json()["results"]
        return results


def scan_of(entry: DoorScan, means: dict[str, str]) -> Scan:
    """A scan as it is sent; `means` is one of `ticket`, `short_code` or `ref` with its value."""
    return {"scanned_at": entry.scanned_at.isoformat(), "direction": entry.direction, **means}


def shuffled_batches(scans: Sequence[Scan], *, seed: int) -> list[list[Scan]]:
    """The scans in any order, some twice, cut into batches; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible order, not a secret
    mixed = [*scans, *scans[::REPEATED]]
    chance.shuffle(mixed)
    return [mixed[start : start + BATCH] for start in range(0, len(mixed), BATCH)]


def bad_scans(genuine_ticket: str, *, now: datetime | None = None) -> list[Scan]:
    """What a door meets too: a forged ticket, a scan from the future, and a code that nobody has."""
    moment = now or datetime.now(UTC)
    forged = genuine_ticket[:-4] + ("0000" if not genuine_ticket.endswith("0000") else "1111")
    return [
        {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "ticket": forged},
        {
            "scanned_at": (moment + timedelta(minutes=10)).isoformat(),
            "direction": "in",
            "ticket": genuine_ticket,
        },
        {"scanned_at": "2022-11-24T09:00:00+01:00", "direction": "in", "short_code": "ZZZZ-ZZZZ"},
    ]
