"""An SMTP server that is away, or that misbehaves once at a verb."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from deploy.local.play.http import PlayFailed
from tests.faults.chance import Chance
from tests.faults.judge import Tolerance
from tests.faults.mail_server import a_misbehaving_server
from tests.faults.moments import wait_for_mails
from tests.faults.small_event import COMING, PEOPLE, SmallEvent
from tests.faults.world import World
from tests.support import scripted_smtp

REFUSING_SECONDS = 20.0
# Of these there are a few in a play, of the others one for each mail: a ticket or a confirmation.
OF_A_CONNECTION = ("CONNECT", "EHLO")
VERBS = (*OF_A_CONNECTION, "MAIL", "RCPT", "DATA", "DOT")
MAILS_OF_A_PLAY = len(PEOPLE) + len(COMING)


@contextmanager
def _at_a_mail(
    world: World,
    event: SmallEvent,
    chance: Chance,
    tolerance: Tolerance,
    verb: str,
    *answers: str,
    resume: bool = False,
) -> Iterator[Tolerance]:
    """A server that misbehaves at the first connection or at any one of the mails; then all mails must go.

    Raises PlayFailed when they do not, and when nothing has happened.
    """
    after = 0 if verb in OF_A_CONNECTION else chance.randrange(MAILS_OF_A_PLAY)
    with a_misbehaving_server(world) as script:
        script.at(verb, *answers, after=after)
        yield tolerance
        wait_for_mails(world, event, tolerance, resume=resume)
        # Of several answers some may be left: with another greeting there is no second EHLO.
        if not script.has_misbehaved:
            raise PlayFailed(f"the mail server did not misbehave at {verb}")


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
    answers = [code] * chance.randint(1, 3)
    with _at_a_mail(world, event, chance, Tolerance(), verb, *answers) as tolerance:
        yield tolerance


@contextmanager
def smtp_rejects(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """550 or 552 at a verb: the mail's own is final for it alone, the sender's stops the stream until the command."""
    code, verb = chance.in_turn([*product(["550", "552"], VERBS)])
    is_its_own = verb in ("RCPT", "DATA", "DOT") or (verb, code) == ("MAIL", "552")
    tolerance = Tolerance(refusal=code if is_its_own else "")
    with _at_a_mail(world, event, chance, tolerance, verb, f"{code} 5.7.1 No", resume=True):
        yield tolerance


@contextmanager
def smtp_hangs(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """No answer at a verb, or none after the final dot, with or without keeping the mail."""
    verb, step = chance.in_turn(
        [("DOT", scripted_smtp.KEEP_AND_HANG), *((verb, scripted_smtp.HANG) for verb in VERBS[1:])]
    )
    is_kept = step == scripted_smtp.KEEP_AND_HANG
    with _at_a_mail(world, event, chance, Tolerance(twice=int(is_kept)), verb, step) as tolerance:
        yield tolerance


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
    with _at_a_mail(world, event, chance, Tolerance(), verb, step) as tolerance:
        yield tolerance


@contextmanager
def mail_kept_and_dropped(world: World, event: SmallEvent, chance: Chance) -> Iterator[Tolerance]:
    """The one moment at which nobody can know: the server has the mail, and its answer is lost."""
    with _at_a_mail(
        world, event, chance, Tolerance(twice=1), "DOT", scripted_smtp.KEEP_AND_DROP
    ) as tolerance:
        yield tolerance
