"""The model event's three networking sessions: planned for who is inside, published, and counted afterwards."""

from functools import partial
from typing import Any

from deploy.local.play.http import PlayFailed, Visitor, wait_for

CONSENT = "directory_consent"
WISHES = ["cafe_wish_1", "cafe_wish_2", "cafe_wish_3"]
# By the key of each session: its rules, and when who is inside is counted, a minute before it begins.
SESSIONS: dict[str, tuple[dict[str, Any], str]] = {
    "speed": ({"consent": CONSENT}, "2022-11-24T10:29:00+01:00"),
    "cafe": ({"consent": CONSENT, "wishes": WISHES}, "2022-11-24T13:14:00+01:00"),
    "demos": ({"consent": CONSENT}, "2022-11-24T14:59:00+01:00"),
}


def plan_sessions(api: Visitor, slug: str) -> dict[str, dict[str, Any]]:
    """Plan and publish all sessions; the published plans by the sessions' keys. Raises PlayFailed."""
    wait_for("the door's scans at the agenda", lambda: _nothing_is_on_its_way(api))
    places = {key: _ask(api, slug, key, *wanted) for key, wanted in SESSIONS.items()}
    plans = {key: wait_for(f"a plan of {key}", partial(_found, api, place)) for key, place in places.items()}
    for key, place in places.items():
        if plans[key]["state"] == "failed":
            raise PlayFailed(f"no plan of {key}: {plans[key]['reason']}")
        # The day of the event is long past: mails about it would tell nobody anything.
        api.post(f"{place}/publish", json={"mails": False})
    return plans


def report(api: Visitor, slug: str) -> dict[str, Any]:
    """Who met whom, counted."""
    found: dict[str, Any] = api.get(f"/agenda/api/v1/events/{slug}/networking-report").json()
    return found


def _nothing_is_on_its_way(api: Visitor) -> bool:
    waiting: int = api.get("/registration/api/v1/operations").json()["messages"]["waiting"]
    return waiting == 0


def _ask(api: Visitor, slug: str, key: str, rules: dict[str, Any], as_of: str) -> str:
    session = f"/agenda/api/v1/events/{slug}/networking/{key}"
    etag = api.get(f"{session}/rules").headers["ETag"]
    api.put(f"{session}/rules", json=rules, headers={"If-Match": etag})
    wanted = {"people": "inside", "as_of": as_of, "seconds": 1}
    return str(api.post(f"{session}/plans", status=202, json=wanted).headers["Location"])


def _found(api: Visitor, place: str) -> dict[str, Any] | None:
    plan: dict[str, Any] = api.get(place).json()
    return plan if plan["state"] not in ("queued", "solving") else None
