"""Beat: calls the periodic jobs of all services by name. `python -m shared.kit.beat` runs it.

It keeps no file: a job that was missed is called at the next tick, and two beats only make a job
look twice whether something is due.
"""

import signal
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.signals import after_task_publish, beat_init

from shared.contracts.schedule import PERIODS, service_of
from shared.kit.heartbeat import Heartbeat
from shared.kit.messaging import make_client
from shared.kit.settings import Settings
from shared.kit.telemetry import configure_logging

# Seconds after which a tick that no worker took is worthless: the next ones are there already.
SHORTEST_LIFE = 5.0


def make_beat(redis_url: str) -> Celery:
    """The Celery app that calls every job of `shared/contracts/schedule.py` at its period."""
    app = make_client(redis_url)
    app.conf.beat_schedule = {name: _entry(name, seconds) for name, seconds in PERIODS.items()}
    # Celery's default would keep the last calls in a file.
    app.conf.beat_scheduler = "celery.beat:Scheduler"
    return app


def _entry(name: str, seconds: float) -> dict[str, Any]:
    options = {"queue": service_of(name), "expires": max(seconds, SHORTEST_LIFE)}
    return {"task": name, "schedule": timedelta(seconds=seconds), "options": options}


def stop_when_told(sender: Service, **_: Any) -> None:
    """End after the tick that is running. Celery's own handler raises in its midst, where it may be swallowed."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sender.stop())


def main() -> None:
    settings = Settings()
    configure_logging(settings)
    heartbeat = Heartbeat(settings.heartbeat_dir, "beat")
    after_task_publish.connect(lambda **_: heartbeat.touch(), weak=False)
    beat_init.connect(stop_when_told)
    make_beat(settings.redis_url).start(["beat", "--loglevel", "WARNING", "--pidfile="])


if __name__ == "__main__":
    main()
