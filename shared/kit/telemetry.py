"""Logs: events with named values, without names and addresses of people."""

import logging
import traceback

import structlog

from shared.kit.settings import Settings


def configure_logging(settings: Settings) -> None:
    """Lines for people at a terminal, JSON for machines; the standard library's logs go the same way."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(format="%(asctime)s [%(levelname)s] %(name)s %(message)s", level=level)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


def describe_error(problem: BaseException) -> dict[str, str]:
    """What a log may say of an error: its type and place. Messages quote what people sent us."""
    frames = traceback.extract_tb(problem.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    ours = [frame for frame in frames if "/services/" in frame.filename or "/shared/" in frame.filename]
    return {
        "error": type(problem).__name__,
        "place": place,
        "ours": f"{ours[-1].filename}:{ours[-1].lineno}" if ours else "",
    }
