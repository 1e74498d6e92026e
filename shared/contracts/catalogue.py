"""All contracts at one place, and the documents generated from them.

`python -m shared.contracts.catalogue` writes `catalogue.json` (name, version, producer, consumers
and JSON schema of each message) and `asyncapi.json` (AsyncAPI 3.0, https://www.asyncapi.com).
A test compares both with the code.
"""

import json
from pathlib import Path
from typing import Any

from shared.contracts import agenda, certificates, registration
from shared.contracts.messages import Envelope, Message, Service

CONTRACTS: tuple[type[Message], ...] = (
    agenda.EventCancelled,
    agenda.EventChanged,
    agenda.EventClosed,
    agenda.EventPublished,
    agenda.ProgrammeReleased,
    certificates.ConfirmationIssued,
    certificates.TicketIssued,
    registration.AttendanceClosed,
    registration.AttendanceCorrected,
    registration.RegistrationCancelled,
    registration.RegistrationChanged,
    registration.RegistrationConfirmed,
    registration.ScanRecorded,
    registration.SessionRevoked,
)

BY_NAME: dict[str, type[Message]] = {contract.name: contract for contract in CONTRACTS}

FOLDER = Path(__file__).parent


def addressed_to(service: str) -> tuple[type[Message], ...]:
    """The contracts that a service must consume."""
    return tuple(contract for contract in CONTRACTS if service in contract.consumers)


def catalogue() -> dict[str, Any]:
    """The messages by name, with their JSON schemas."""
    return {
        "messages": {
            contract.name: {
                "title": contract.__name__,
                "description": (contract.__doc__ or "").strip().split("\n")[0],
                "producer": contract.producer.value,
                "consumers": [consumer.value for consumer in contract.consumers],
                "aggregate": contract.aggregate,
                "schema": contract.model_json_schema(),
            }
            for contract in CONTRACTS
        }
    }


def asyncapi() -> dict[str, Any]:
    """The same as an AsyncAPI 3.0 document: one channel for each service's queue."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Treffpunkt: messages between its services",
            "version": "1",
            "description": "Celery tasks on Redis. The task's name is the message's name, its only "
            "argument the CloudEvents envelope; the queue is the consumer.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {service.value: _channel(service) for service in Service},
        "operations": dict(sorted(_operations().items())),
        "components": {
            "messages": {contract.name: _message(contract) for contract in CONTRACTS},
            "schemas": {"Envelope": Envelope.model_json_schema()},
        },
    }


def _channel(service: Service) -> dict[str, Any]:
    return {
        "address": service.value,
        "messages": {
            contract.name: {"$ref": f"#/components/messages/{contract.name}"}
            for contract in addressed_to(service)
        },
    }


def _operations() -> dict[str, Any]:
    return {
        f"{action}-{service}-{contract.name}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{service}"},
            "messages": [{"$ref": f"#/channels/{service}/messages/{contract.name}"}],
        }
        for contract in CONTRACTS
        for service in contract.consumers
        for action in ("send", "receive")
    }


def _message(contract: type[Message]) -> dict[str, Any]:
    return {
        "name": contract.name,
        "title": contract.__name__,
        "summary": (contract.__doc__ or "").strip().split("\n")[0],
        "headers": {"$ref": "#/components/schemas/Envelope"},
        "payload": contract.model_json_schema(),
    }


def render(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write(folder: Path = FOLDER) -> None:
    (folder / "catalogue.json").write_text(render(catalogue()), encoding="utf-8")
    (folder / "asyncapi.json").write_text(render(asyncapi()), encoding="utf-8")


if __name__ == "__main__":
    write()
