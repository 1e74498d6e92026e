"""An SMTP server in the place of the stack's own, which misbehaves once and keeps its mails in the same spool."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from deploy.local.mail_sink import Sink
from deploy.local.ports import LOOPBACK
from tests.faults.world import World
from tests.support.scripted_smtp import Keeper, Script, ScriptedServer


class Spooled(list[Envelope]):
    """The kept mails, each also as a file."""

    def __init__(self, folder: Path) -> None:
        self._sink = Sink(folder)

    def append(self, mail: Envelope) -> None:
        self._sink._keep(mail)
        super().append(mail)


@contextmanager
def a_misbehaving_server(world: World) -> Iterator[Script]:
    """Takes the port of the stack's SMTP server; whoever leaves the block gives it back."""
    script = Script()
    script.mails = Spooled(world.stack.mailbox)

    class Server(Controller):
        def factory(self) -> ScriptedServer:
            return ScriptedServer(script, hostname="mail.example.org", enable_SMTPUTF8=True)

    with world.stopped("mail"):
        controller = Server(Keeper(script), hostname=LOOPBACK, port=world.stack.ports.smtp)
        controller.start()
        try:
            yield script
        finally:
            controller.stop()
