"""By what an event's people are recognised and told apart: nobody is entered twice, an address has its limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, bindparam, select
from sqlalchemy.orm import Session

from services.registration.signup.duplicates import address_key, person_key
from services.registration.signup.models import IS_ACTIVE, Registration
from services.registration.signup.person import Person
from shared.errors import Conflict
from shared.kit.database import table_of
from shared.kit.sorting import name_key


class AlreadyRegistered(Conflict):
    """This person is registered with this mail address already."""

    def __init__(self, registration_id: UUID) -> None:
        super().__init__()
        self.registration_id = registration_id


class AddressFull(Conflict):
    """With this mail address {limit} people are registered already."""


class RefTaken(Conflict):
    """Somebody else has the reference {ref}."""


@dataclass(frozen=True)
class Keys:
    """By what the database orders and recognises somebody."""

    sort_key: str
    person_key: str
    address_key: str
    address_slot: int


_people = table_of(Registration)
_addresses = bindparam("addresses", type_=ARRAY(String))
_refs = bindparam("refs", type_=ARRAY(String))
_active = select(
    _people.c.id, _people.c.person_key, _people.c.address_key, _people.c.address_slot, _people.c.ref
).where(IS_ACTIVE)
# The event's others are told apart here and not by PostgreSQL: until it has counted a new event's people, in the
# middle of a rush, each index that begins with the event seems equally good to it, and it would read them all.
WITH_ADDRESS = _active.add_columns(_people.c.event_id).where(_people.c.address_key == any_(_addresses))
WITH_REF = _active.where(_people.c.event_id == bindparam("event_id"), _people.c.ref == any_(_refs))


@dataclass(frozen=True)
class Namesake:
    """Somebody who is registered, by what people are recognised."""

    id: UUID
    person_key: str
    address_key: str
    address_slot: int
    ref: str | None


class Namesakes:
    """Who has the address or the reference of somebody who comes now, read at once for all who come.

    The caller holds the counter: under its lock nobody else signs up, so what is not there now will not be.
    """

    def __init__(self, session: Session, event_id: UUID, people: Sequence[Person]) -> None:
        addresses = [address_key(person.email) for person in people]
        refs = [person.ref for person in people if person.ref is not None]
        found = session.execute(WITH_ADDRESS, {"addresses": addresses})
        self._known = [Namesake(*row) for *row, other_event in found if other_event == event_id]
        if refs:
            found = session.execute(WITH_REF, {"event_id": event_id, "refs": refs})
            self._known += [Namesake(*row) for row in found]

    def add(self, registration_id: UUID, keys: Keys, ref: str | None) -> None:
        """The next one comes after this one."""
        self._known.append(
            Namesake(registration_id, keys.person_key, keys.address_key, keys.address_slot, ref)
        )

    def keys_of(self, person: Person, *, limit: int, current: Registration | None = None) -> Keys:
        """The keys of a new registration, or of the `current` one that changes. `limit`: places of an address.

        Raises AlreadyRegistered, AddressFull and RefTaken.
        """
        this_person = person_key(person.first_name, person.last_name, person.email)
        same_address = address_key(person.email)
        others = [other for other in self._known if current is None or other.id != current.id]
        for other in others:
            if other.person_key == this_person:
                raise AlreadyRegistered(other.id)
        if person.ref is not None and person.ref in {other.ref for other in others}:
            raise RefTaken(ref=person.ref)
        if current is not None and current.address_key == same_address:
            slot = current.address_slot
        else:
            used = {other.address_slot for other in others if other.address_key == same_address}
            slot = free_slot(used, limit)
        return Keys(name_key(person.last_name, person.first_name), this_person, same_address, slot)


def has_cancelled(session: Session, event_id: UUID, person: Person) -> bool:
    """Whether somebody was registered and is no more."""
    this_person = person_key(person.first_name, person.last_name, person.email)
    known = select(_people.c.status).where(
        _people.c.event_id == event_id, _people.c.person_key == this_person
    )
    return set(session.scalars(known)) == {"cancelled"}


def free_slot(used: set[int], limit: int) -> int:
    """The smallest number from 1 to `limit` that nobody has. Raises AddressFull."""
    for slot in range(1, limit + 1):
        if slot not in used:
            return slot
    raise AddressFull(limit=limit)
