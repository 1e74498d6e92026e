"""Sends what certificates has queued until told to end, as its worker's task does: `python -m bench.mass_mail_worker`."""

import sys
import threading
import time

from services.certificates.mailing.tasks import send

# Beat calls once a second; whoever found nothing has nothing to do until then.
PAUSE = 0.2


def main() -> None:
    ended = threading.Event()
    threading.Thread(target=_wait, args=(ended,), daemon=True).start()
    while not ended.is_set():
        send()
        time.sleep(PAUSE)


def _wait(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
