"""How the badges of a run look: kept when the run begins, so that what changes meanwhile changes none of it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from services.certificates.badges.badge import AgendaLine
from services.certificates.documents.event import EventFacts
from services.certificates.layouts.design import Pictures
from services.certificates.layouts.layout import Layout
from services.certificates.printing.document import Offsets
from shared.errors import Conflict


class PictureChanged(Conflict):
    """A picture of this layout was exchanged while its badges were drawn."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What all badges of a run have in common; `pictures` are the SHA-256 of each, by name."""

    layout: Layout
    event: EventFacts
    agenda: tuple[AgendaLine, ...]
    pictures: Mapping[str, str]
    offsets: Offsets

    def digest(self, language: str) -> str:
        """The SHA-256 of what is seen of it: another one means that the badge looks otherwise."""
        layout = _written(self.layout)
        fields = set(re.findall(r"\{event\.(\w+)\}", json.dumps(layout)))
        seen = {
            "layout": {name: value for name, value in layout.items() if name != "title"},
            "event": {name: _said(self.event, name, language) for name in sorted(fields)},
            "agenda": [asdict(line) for line in self.agenda],
            "pictures": dict(self.pictures),
        }
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def digests(pictures: Pictures) -> dict[str, str]:
    return {name: hashlib.sha256(picture.data).hexdigest() for name, picture in sorted(pictures.items())}


def written(looks: Looks) -> dict[str, Any]:
    """The looks as JSON."""
    event = asdict(looks.event)
    instants = {name: event[name].isoformat() for name in ("starts_at", "ends_at")}
    return {
        "layout": _written(looks.layout),
        "event": {**event, **instants},
        "agenda": [asdict(line) for line in looks.agenda],
        "pictures": dict(looks.pictures),
        "offsets": asdict(looks.offsets),
    }


def read(told: Mapping[str, Any]) -> Looks:
    """The looks from what `written` gave."""
    event = {
        **told["event"],
        **{name: datetime.fromisoformat(told["event"][name]) for name in ("starts_at", "ends_at")},
    }
    offsets = {side: tuple(moved) for side, moved in told["offsets"].items()}
    return Looks(
        Layout.model_validate(told["layout"]),
        EventFacts(**event),
        tuple(AgendaLine(**line) for line in told["agenda"]),
        told["pictures"],
        replace(Offsets(), **offsets),
    )


def must_be_the_same(looks: Looks, pictures: Pictures) -> None:
    """Raises PictureChanged: the run begins again with the new ones."""
    if digests(pictures) != looks.pictures:
        raise PictureChanged


def _written(layout: Layout) -> dict[str, Any]:
    return layout.model_dump(mode="json", exclude_defaults=True)


def _said(event: EventFacts, name: str, language: str) -> str:
    told = getattr(event, name, "")
    return str(told(language) if callable(told) else told)
