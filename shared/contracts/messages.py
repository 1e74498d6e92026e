"""What every message between services is made of: a payload class and its envelope.

A payload is a frozen Pydantic model that says who sends it and to whom. The envelope carries the
CloudEvents 1.0 attributes (https://github.com/cloudevents/spec, `id`, `source`, `type`, `subject`,
`time`, `dataschema`) and two extensions: `aggregate`, what the message is about, and `sequence`,
which rises with each change of that aggregate.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Service(StrEnum):
    """The services, by the names of their queues, schemas and folders."""

    registration = "registration"
    agenda = "agenda"
    certificates = "certificates"


class Message(BaseModel):
    """Base of all payloads. Unknown fields are ignored: a producer may be newer than its consumer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]
    """Contract and Celery task name, `<producer>.<fact>.v<version>`."""
    producer: ClassVar[Service]
    consumers: ClassVar[tuple[Service, ...]]
    aggregate: ClassVar[str]
    withheld: ClassVar[Mapping[Service, frozenset[str]]] = MappingProxyType({})
    """Fields that a consumer does not need and so does not get; they have defaults."""

    organisation_id: UUID
    sequence: int
    """Position of this state among the states of its aggregate, rising from 1."""

    @property
    def subject(self) -> UUID:
        """Id of the aggregate that the message is about; each payload class names its own."""
        raise TypeError(f"{type(self).__name__} names no subject")


class Envelope(BaseModel):
    """A message on its way, CloudEvents 1.0 in JSON."""

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: UUID
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    aggregate: str
    sequence: int
    data: dict[str, Any]


def seal(message: Message, *, message_id: UUID, time: datetime, consumer: Service | None = None) -> Envelope:
    """Put a payload into its envelope; for a named consumer, without what is withheld from it."""
    withheld = message.withheld.get(consumer, frozenset()) if consumer else frozenset()
    return Envelope(
        id=message_id,
        source=f"/{message.producer}",
        type=message.name,
        subject=message.subject,
        time=time,
        dataschema=f"catalogue.json#/messages/{message.name}",
        aggregate=message.aggregate,
        sequence=message.sequence,
        data=message.model_dump(mode="json", exclude=set(withheld)),
    )
