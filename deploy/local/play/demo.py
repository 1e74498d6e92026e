"""The main job, from the first sign-up to the last confirmation, played and checked: `make demo`.

Everything goes through the front door: HTTP as organiser, attendees and door, and the mails that
arrive. What came out is compared with the model event's expected figures; `summary.json` holds it.
"""

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.play import data, networking
from deploy.local.play.attendees import Attendees
from deploy.local.play.data import DoorScan, Participant
from deploy.local.play.door import Door, Scan, bad_scans, scan_of, shuffled_batches
from deploy.local.play.http import PlayFailed, Visitor, wait_for
from deploy.local.play.mails import Received, pdfs_in, place_in_list, qr_codes_in, short_code_in
from deploy.local.play.organiser import Organiser
from deploy.local.play.system import System

EXPORTS = {"programme.ics": "schedule.ics", "schedule.xml": "schedule.xml", "schedule.json": "schedule.json"}
# Whoever is not a partner comes by the organiser's invitation and is registered by hand.
PUBLIC_CATEGORY = "partner"
FIRST_EXTRA = Participant(
    "X1", "Ada", "Nachrück", "ada.nachrueck@example.org", "Freie Beratung", "partner", "de", {}
)
SECOND_EXTRA = Participant(
    "X2", "Bo", "Waiting", "bo.waiting@example.org", "Freie Beratung", "partner", "en", {}
)
# The person who gives the place back and wants it again.
UNDECIDED = "P21"
SHUFFLE = 20221124


class Demo:
    """One play of the model event on a running stack; leaves its results in `folder`."""

    def __init__(self, stack: System, folder: Path, *, tell: Callable[[str], None] = lambda _: None) -> None:
        self.stack = stack
        self.folder = folder
        self.tell = tell
        self.people = data.participants()
        self.organiser = Organiser(stack, secrets.token_urlsafe(12))
        self.attendees = Attendees(stack, self.organiser.slug)
        self.spool = self.attendees.spool
        self.seconds: dict[str, float] = {}
        self.observed: dict[str, Any] = {}

    def play(self) -> dict[str, Any]:
        """Play all stages; returns the summary. Raises PlayFailed where something went wrong."""
        _empty(self.folder)
        for stage in (
            self.set_up,
            self.sign_up,
            self.move_the_waiting_list,
            self.print_papers,
            self.open_the_door,
            self.meet,
            self.close,
            self.export,
        ):
            with self._timed(stage.__name__):
                stage()
        return self._summary()

    def set_up(self) -> None:
        self.organiser.set_up_event()

    def sign_up(self) -> None:
        """All 60 sign up, and everybody has a ticket."""
        for person in self.people:
            if person.category == PUBLIC_CATEGORY:
                self.attendees.sign_up(person)
            else:
                self.organiser.register(person)
        for person in self.people:
            self.attendees.ticket_mail(person.email)

    def move_the_waiting_list(self) -> None:
        """Two wait; one of the 60 leaves and wants to come back; the place goes round and returns."""
        undecided = next(person for person in self.people if person.ref == UNDECIDED)
        ticket = self.attendees.ticket_mail
        self._wait_in_line(FIRST_EXTRA, place=1)
        self._wait_in_line(SECOND_EXTRA, place=2)
        self.attendees.cancel(ticket(undecided.email))
        first = ticket(FIRST_EXTRA.email)
        self._wait_in_line(undecided, place=2)
        self.attendees.cancel(first)
        second = ticket(SECOND_EXTRA.email)
        self.attendees.cancel(second)
        ticket(undecided.email, after=1)
        # Until everybody has heard, papers would name whoever has just left.
        for person in (undecided, FIRST_EXTRA, SECOND_EXTRA):
            self.attendees.cancelled_mail(person.email)

    def _wait_in_line(self, person: Participant, *, place: int) -> None:
        self.attendees.sign_up(person)
        mail = self.attendees.waiting_mail(person.email)
        _must_be(f"the place told to {person.ref}", place_in_list(mail), place)

    def print_papers(self) -> None:
        """Badges and the sign-in sheet, before the day."""
        run, badges = self.organiser.paper("badge-runs")
        _must_be("badges that could not be printed", run["problems"], [])
        codes = qr_codes_in(badges)
        self.observed["badges"] = len(set(codes))
        self._write("badges.pdf", badges)
        # The same people for a printer and a cutter: the piles are in order.
        on_sheets = self.organiser.paper("badge-runs", sheet="4xA6", filling="stacks")[1]
        self._write("badges-on-sheets.pdf", on_sheets)
        self._write("sign-in-sheet.pdf", self.organiser.paper("sign-in-sheets")[1])

    def open_the_door(self) -> None:
        """The log of the day, in any order and some twice, with bad scans among the good ones."""
        token = self.organiser.token(self.stack, ["scan"])
        door = Door(self.stack.urls.public, token, self.organiser.slug)
        desk = Door(self.stack.urls.public, self.organiser.token(self.stack), self.organiser.slug)
        at_the_door, at_the_desk = self._scans()
        _refuse_bad(door, next(scan["ticket"] for scan in at_the_door if "ticket" in scan))
        results = [
            result for batch in shuffled_batches(at_the_door, seed=SHUFFLE) for result in door.send(batch)
        ]
        results += [
            result for batch in shuffled_batches(at_the_desk, seed=SHUFFLE) for result in desk.send(batch)
        ]
        accepted = sum(result["result"] == "accepted" for result in results)
        _must_be("accepted scans", accepted, len(data.door_log()))
        _must_be(
            "results but accepted and duplicate", {r["result"] for r in results}, {"accepted", "duplicate"}
        )
        self._flag_a_cancelled_ticket(door)

    def _scans(self) -> tuple[list[Scan], list[Scan]]:
        """The door reads tickets and short codes; the desk knows the organiser's own references."""
        by_hand = {person.ref for person in self.people if person.category != PUBLIC_CATEGORY}
        door = [entry for entry in data.door_log() if entry.ref not in by_hand]
        desk = [entry for entry in data.door_log() if entry.ref in by_hand]
        return [self._at_the_door(entry) for entry in door], [scan_of(e, {"ref": e.ref}) for e in desk]

    def _at_the_door(self, entry: DoorScan) -> Scan:
        """People with an even number show their QR code, the others read their letters aloud."""
        person = next(person for person in self.people if person.ref == entry.ref)
        mail = self.attendees.ticket_mail(person.email)
        if int(person.ref[1:]) % 2 == 0:
            return scan_of(entry, {"ticket": qr_codes_in(pdfs_in(mail)[0])[0]})
        return scan_of(entry, {"short_code": short_code_in(mail) or ""})

    def _flag_a_cancelled_ticket(self, door: Door) -> None:
        old = self.attendees.ticket_mail(FIRST_EXTRA.email)
        scan = {
            "scanned_at": "2022-11-24T09:30:00+01:00",
            "direction": "in",
            "short_code": short_code_in(old),
        }
        result = door.send([scan])[0]
        _must_be(
            "the scan of a cancelled ticket", (result["result"], result["flag"]), ("accepted", "cancelled")
        )

    def meet(self) -> None:
        """Who was inside met others in speed networking, World Café and at the stations."""
        api, slug = self.organiser.api, self.organiser.slug
        plans = networking.plan_sessions(api, slug)
        _must_be("meetings again in speed networking", plans["speed"]["figures"]["repeats"], 0)
        report = networking.report(api, slug)
        _must_be("people who met others", report["people"], data.expected()["checked_in"])
        self._write(
            "networking-report.json", (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()
        )

    def close(self) -> None:
        """Close the event; who is due gets a confirmation, and nobody else."""
        self.organiser.close()
        due = data.expected()["confirmations_due"]
        wait_for(f"{due} confirmations", lambda: len(self._confirmations()) >= due, seconds=90)
        self._compare_attendance()
        self._keep_confirmations()
        self._write("evidence-list.pdf", self.organiser.paper("evidence-lists")[1])

    def _confirmations(self) -> list[Received]:
        return self.spool.of_kind("confirmation")

    def _compare_attendance(self) -> None:
        """Attended minutes equal the expected ones for every participant."""
        attendance = self.organiser.attendance()
        self.observed |= {name: attendance[name] for name in ("registered", "checked_in", "open_stays")}
        ids = {person["id"]: person["email"] for person in self.organiser.registrations()}
        refs = {person.email: person.ref for person in self.people}
        facts = ("checked_in", "open_stays", "attended_minutes", "confirmation_due")
        observed = {
            refs[ids[one["registration_id"]]]: {fact: one[fact] for fact in facts}
            for one in attendance["participants"]
        }
        _must_be("attendance of each participant", observed, data.expected()["participants"])

    def _keep_confirmations(self) -> None:
        """One file for each confirmation; exactly the due people have one, and each can be verified."""
        due = {
            person.email
            for person in self.people
            if data.expected()["participants"][person.ref]["confirmation_due"]
        }
        mails = self._confirmations()
        _must_be("people with a confirmation", sorted(mail.to for mail in mails), sorted(due))
        refs = {person.email: person.ref for person in self.people}
        for mail in mails:
            self._write(f"confirmations/{refs[mail.to]}.pdf", pdfs_in(mail.message)[0])
        self._verify(pdfs_in(mails[0].message)[0])
        self.observed["confirmations"] = len(mails)

    def _verify(self, confirmation: bytes) -> None:
        """Anybody who follows the QR code sees that the confirmation is genuine."""
        address = qr_codes_in(confirmation)[0]
        path = address.removeprefix(self.stack.urls.public)
        answer = Visitor(self.stack.urls.public).get(path, headers={"Accept": "application/json"})
        _must_be("state of the confirmation", answer.json()["state"], "valid")

    def export(self) -> None:
        for name, path in EXPORTS.items():
            answer = Visitor(self.stack.urls.public).get(f"/agenda/e/{self.organiser.slug}/{path}")
            self._write(name, answer.content)
        shutil.copytree(self.stack.mailbox, self.folder / "mailbox", dirs_exist_ok=True)

    def _summary(self) -> dict[str, Any]:
        names = ("registered", "badges", "checked_in", "open_stays", "confirmations")
        summary = {
            **{name: self.observed[name] for name in names},
            "mails": self.spool.by_kind(),
            "seconds": self.seconds,
        }
        self._write("summary.json", (json.dumps(summary, indent=2) + "\n").encode())
        wanted = {**data.expected(), "badges": 60, "confirmations": data.expected()["confirmations_due"]}
        _must_be("the summary", {n: summary[n] for n in names}, {n: wanted[n] for n in names})
        return summary

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        self.tell(stage.replace("_", " "))
        start = time.monotonic()
        yield
        self.seconds[stage] = round(time.monotonic() - start, 2)

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _refuse_bad(door: Door, genuine: str) -> None:
    results = door.send(bad_scans(genuine))
    _must_be("results of bad scans", [result["result"] for result in results], ["rejected"] * len(results))


def _must_be(what: str, observed: object, wanted: object) -> None:
    if observed != wanted:
        raise PlayFailed(f"{what}: {observed!r} instead of {wanted!r}")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
