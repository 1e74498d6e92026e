"""An SMTP server that is away, or that misbehaves once at a verb."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from tests.faults.chance import Chance
from tests.faults.judge import Tolerance
from tests.faults.mail_server import a_misbehaving_server
from tests.faults.moments import wait_for_mails
from tests.faults.small_event import SmallEvent
from tests.faults.world import World
from tests.support import scripted_smtp

REFUSING_SECONDS = 20.0
VERBS = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")


@contextmanager
def smtp_refuses(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """Nobody listens for 20 seconds, from before the play or from a moment of it."""
    pause = chance.in_turn([0.0, chance.uniform(0, 2)])
    supervisor, began = world.stack.supervisor, time.monotonic()
    stop = threading.Timer(pause, supervisor.stop_program, ["mail"])
    stop.start()
    try:
        yield Tolerance()
        time.sleep(max(0.0, began + pause + REFUSING_SECONDS - time.monotonic()))
    finally:
        stop.join()
        supervisor.start_program("mail")


@contextmanager
def smtp_defers(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """421 or 450 at a verb, once to three times."""
    code, verb = chance.in_turn([*product(["421 4.3.2 Closing", "450 4.2.1 Busy"], VERBS[2:] + VERBS[:2])])
    with a_misbehaving_server(world) as script:
        script.at(verb, *[code] * chance.randint(1, 3))
        tolerance = Tolerance()
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def smtp_rejects(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """550 or 552 at a verb: the mail's own is final for it alone, the sender's stops the stream until the command."""
    code, verb = chance.in_turn([*product(["550", "552"], VERBS)])
    is_its_own = verb in ("RCPT", "DATA", "DOT") or (verb, code) == ("MAIL", "552")
    tolerance = Tolerance(refusal=code if is_its_own else "")
    with a_misbehaving_server(world) as script:
        script.at(verb, f"{code} 5.7.1 No")
        yield tolerance
        wait_for_mails(world, event, tolerance, resume=True)


@contextmanager
def smtp_hangs(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """No answer at a verb, or none after the final dot, with or without keeping the mail."""
    verb, step = chance.in_turn(
        [("DOT", scripted_smtp.KEEP_AND_HANG), *((verb, scripted_smtp.HANG) for verb in VERBS[1:])]
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        tolerance = Tolerance(twice=int(verb == "DOT"))
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def smtp_drops(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The connection ends at a verb, in the content before the final dot, or after it before the mail is kept."""
    verb, step = chance.in_turn(
        [
            ("MAIL", scripted_smtp.DROP),
            ("DATA", scripted_smtp.DROP_BEFORE_DOT),
            ("DOT", scripted_smtp.DROP),
            ("EHLO", scripted_smtp.DROP),
            ("RCPT", scripted_smtp.DROP),
        ]
    )
    with a_misbehaving_server(world) as script:
        script.at(verb, step)
        tolerance = Tolerance()
        yield tolerance
        wait_for_mails(world, event, tolerance)


@contextmanager
def mail_kept_and_dropped(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The one moment at which nobody can know: the server has the mail, and its answer is lost."""
    with a_misbehaving_server(world) as script:
        script.at("DOT", scripted_smtp.KEEP_AND_DROP)
        tolerance = Tolerance(twice=1)
        yield tolerance
        wait_for_mails(world, event, tolerance)
