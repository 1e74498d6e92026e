"""An organisation's layouts and pictures, and which layout an event has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, undefer

from services.certificates.copies.models import Attendee, Event
from services.certificates.documents import categories
from services.certificates.documents.pictures import Picture
from services.certificates.layouts.checks import read_data
from services.certificates.layouts.design import Pictures
from services.certificates.layouts.gallery import DEFAULT_NAME, DEFAULT_WITH_WAYS, NAMES, gallery_layout
from services.certificates.layouts.images import read_image
from services.certificates.layouts.layout import Image, Layout
from services.certificates.layouts.models import LayoutChoice, LayoutImage, OwnLayout
from services.certificates.ways.service import has_plans
from shared.errors import Conflict, NotFound
from shared.kit.clock import Clock, utc_now
from shared.kit.database import new_id

# Nobody needs as many; who makes them by a program would fill the disk.
MOST_LAYOUTS, MOST_IMAGES = 100, 50
# With the product's four as many as a layout may have colours for.
MOST_CATEGORIES = 16


class LayoutNotFound(NotFound):
    """There is no layout of this name."""


class ImageNotFound(NotFound):
    """There is no picture of this name."""


class BelongsToGallery(Conflict):
    """This name belongs to the gallery. Please choose another one."""


class TooManyLayouts(Conflict):
    """There are a hundred layouts already. Please remove one first."""


class TooManyImages(Conflict):
    """There are fifty pictures already. Please remove one first."""


class StillInUse(Conflict):
    """An event's badges have this layout. Please choose another one for it first."""


class StillShown(Conflict):
    """A layout shows this picture. Please take it out of there first."""


@dataclass(frozen=True, slots=True)
class Known:
    """A layout by its name; one of the gallery has version 0."""

    name: str
    layout: Layout
    version: int

    @property
    def is_of_gallery(self) -> bool:
        return self.version == 0


def list_layouts(session: Session, organisation_id: UUID) -> list[Known]:
    """The gallery, and after it the organisation's own by name."""
    own = session.scalars(
        select(OwnLayout).where(OwnLayout.organisation_id == organisation_id).order_by(OwnLayout.name)
    )
    return [Known(name, gallery_layout(name), 0) for name in NAMES] + [_known(row) for row in own]


def find_layout(session: Session, organisation_id: UUID, name: str) -> Known:
    """One of the gallery, or of the organisation's own. Raises LayoutNotFound."""
    if name in NAMES:
        return Known(name, gallery_layout(name), 0)
    row = _find_own(session, organisation_id, name)
    if row is None:
        raise LayoutNotFound
    return _known(row)


def _known(row: OwnLayout) -> Known:
    # What is stored was checked when it was.
    return Known(row.name, Layout.model_validate(row.content), row.version)


def _find_own(session: Session, organisation_id: UUID, name: str) -> OwnLayout | None:
    wanted = select(OwnLayout).where(OwnLayout.organisation_id == organisation_id, OwnLayout.name == name)
    return session.scalar(wanted.with_for_update())


def keep_layout(
    session: Session, organisation_id: UUID, name: str, layout: Layout, *, now: Clock = utc_now
) -> Known:
    """Keep a layout under this name, new or changed.

    Raises Invalid with a sentence at each place that is wrong, BelongsToGallery and TooManyLayouts.
    """
    if name in NAMES:
        raise BelongsToGallery
    checked = read_data(
        layout.model_dump(mode="json", exclude_defaults=True), _image_names(session, organisation_id)
    )
    row = _find_own(session, organisation_id, name)
    if row is None:
        if len(list_layouts(session, organisation_id)) >= MOST_LAYOUTS + len(NAMES):
            raise TooManyLayouts
        row = OwnLayout(layout_id=new_id(), organisation_id=organisation_id, name=name, version=0)
        session.add(row)
    row.version += 1
    row.content = checked.model_dump(mode="json", exclude_defaults=True)
    row.changed_at = now()
    session.flush()
    return Known(name, checked, row.version)


def remove_layout(session: Session, organisation_id: UUID, name: str) -> None:
    """Raises LayoutNotFound, BelongsToGallery and StillInUse."""
    if name in NAMES:
        raise BelongsToGallery
    row = _find_own(session, organisation_id, name)
    if row is None:
        raise LayoutNotFound
    uses = select(LayoutChoice.event_id).where(
        LayoutChoice.organisation_id == organisation_id, LayoutChoice.name == name
    )
    if session.scalar(uses.limit(1)):
        raise StillInUse
    session.delete(row)
    session.flush()


def choice_of(session: Session, event: Event) -> LayoutChoice:
    """Which layout the event's badges have: the default until somebody chooses.

    Once a networking plan is published, that is one whose back shows everybody's way.
    """
    chosen = session.get(LayoutChoice, event.event_id)
    if chosen is not None and chosen.version:
        return chosen
    name = DEFAULT_WITH_WAYS if has_plans(session, event.event_id) else DEFAULT_NAME
    return LayoutChoice(event_id=event.event_id, organisation_id=event.organisation_id, version=0, name=name)


def hold_choice(session: Session, event: Event) -> LayoutChoice:
    """The same, held until the end of the transaction."""
    row = {"event_id": event.event_id, "organisation_id": event.organisation_id}
    session.execute(insert(LayoutChoice).values(**row, version=0, name=DEFAULT_NAME).on_conflict_do_nothing())
    return session.get_one(LayoutChoice, event.event_id, with_for_update=True)


def choose(session: Session, event: Event, name: str) -> LayoutChoice:
    """The event's badges have this layout from now on. Raises LayoutNotFound."""
    find_layout(session, event.organisation_id, name)
    chosen = hold_choice(session, event)
    chosen.name = name
    chosen.version += 1
    session.flush()
    return chosen


def layout_of(session: Session, event: Event) -> Layout:
    """How the badges of this event look."""
    return find_layout(session, event.organisation_id, choice_of(session, event).name).layout


def categories_of(session: Session, event: Event) -> list[str]:
    """The product's categories, and those of the event's people by name."""
    told = select(Attendee.category).where(Attendee.event_id == event.event_id).distinct()
    own = sorted(set(session.scalars(told)) - {"", *categories.COLOURS})
    return [*sorted(categories.COLOURS), *own[:MOST_CATEGORIES]]


def list_images(session: Session, organisation_id: UUID) -> Sequence[LayoutImage]:
    own = select(LayoutImage).where(LayoutImage.organisation_id == organisation_id)
    return session.scalars(own.order_by(LayoutImage.name)).all()


def _image_names(session: Session, organisation_id: UUID) -> list[str]:
    return [image.name for image in list_images(session, organisation_id)]


def keep_image(session: Session, organisation_id: UUID, name: str, raw: bytes) -> LayoutImage:
    """Keep an uploaded picture under this name, in place of the one that had it. Raises Invalid, TooManyImages."""
    picture = read_image(raw)
    names = _image_names(session, organisation_id)
    if name not in names and len(names) >= MOST_IMAGES:
        raise TooManyImages
    row = LayoutImage(
        organisation_id=organisation_id,
        name=name,
        width=picture.width,
        height=picture.height,
        encoding=picture.encoding,
        is_grey=picture.is_grey,
        data=picture.data,
    )
    kept = session.merge(row)
    session.flush()
    return kept


def remove_image(session: Session, organisation_id: UUID, name: str) -> None:
    """Raises ImageNotFound and StillShown."""
    row = session.get(LayoutImage, (organisation_id, name))
    if row is None:
        raise ImageNotFound
    layouts = list_layouts(session, organisation_id)
    if any(name in images_in(each.layout) for each in layouts):
        raise StillShown
    session.delete(row)
    session.flush()


def images_in(layout: Layout) -> set[str]:
    """The names of the pictures that a layout shows."""
    return {element.image for _, element in layout.places() if isinstance(element, Image)}


def find_image(session: Session, organisation_id: UUID, name: str) -> Picture:
    """Raises ImageNotFound."""
    found = pictures(session, organisation_id, {name})
    if name not in found:
        raise ImageNotFound
    return found[name]


def pictures_of(session: Session, organisation_id: UUID, layout: Layout) -> Pictures:
    """The pictures that a layout shows, by name."""
    return pictures(session, organisation_id, images_in(layout))


def pictures(session: Session, organisation_id: UUID, names: set[str]) -> Pictures:
    if not names:
        return {}
    wanted = select(LayoutImage).options(undefer(LayoutImage.data))
    rows = session.scalars(
        wanted.where(LayoutImage.organisation_id == organisation_id, LayoutImage.name.in_(names))
    )
    return {row.name: _picture(row) for row in rows}


def _picture(row: LayoutImage) -> Picture:
    encoding = cast("Literal['jpeg', 'deflate']", row.encoding)
    return Picture(row.width, row.height, row.data, encoding, row.is_grey)
