"""When something strikes, and until when a play is waited for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local.play.http import wait_for
from tests.faults.chance import Chance
from tests.faults.judge import Tolerance
from tests.faults.small_event import COMING, SmallEvent
from tests.faults.world import World

# From the first sign-up to the last mail on a quiet machine; moments are drawn from it.
PLAY_SECONDS = 2.5
# So long a server that has misbehaved once, and is well again, may keep mails waiting.
MAILING_SECONDS = 30.0


@dataclass
class Later:
    """Does something in a thread of its own at a moment drawn by the seed; an error there is raised here."""

    chance: Chance
    strike: Callable[[], None]
    error: list[Exception] = field(default_factory=list)

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._run, args=[self.chance.uniform(0, PLAY_SECONDS)])
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self.error:
            raise self.error[0]

    def _run(self, pause: float) -> None:
        time.sleep(pause)
        try:
            self.strike()
        except Exception as error:
            self.error.append(error)


def wait_for_mails(world: World, event: SmallEvent, tolerance: Tolerance, *, resume: bool = False) -> None:
    """What has misbehaved once is well from now on: all mails go, after the command where the stream was stopped.

    Raises PlayFailed when they do not.
    """
    tolerance.whole_since = time.monotonic()

    def are_out() -> bool:
        if resume and world.ask("SELECT 1 FROM certificates.mail_streams WHERE stopped_at IS NOT NULL"):
            world.stack.run("mails", "resume")
            tolerance.whole_since = time.monotonic()
        return _count_mailed(world, event) == len(COMING)

    wait_for("the mails", are_out, seconds=MAILING_SECONDS)


def _count_mailed(world: World, event: SmallEvent) -> int:
    """How many confirmations are sent or failed; none while another mail is on its way."""
    ((mailed, waiting),) = world.ask(
        "SELECT count(*) FILTER (WHERE kind = 'confirmation'), count(*) FILTER (WHERE state IN ('queued',"
        " 'claimed', 'sending') OR state = 'unknown' AND NOT is_resend)"
        " FROM certificates.mails WHERE event_id = %s",
        event.id,
    )
    return 0 if waiting else mailed
