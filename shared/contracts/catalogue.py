"""All contracts at one place, and the documents generated from them.

`python -m shared.contracts.catalogue` writes `catalogue.json` (name, version, producer, consumers
and JSON schema of each message) and `asyncapi.json` (AsyncAPI 3.0, https://www.asyncapi.com).
A test compares both with the code.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts import agenda, certificates, registration
from shared.contracts.messages import Envelope, Message, Service

CONTRACTS: tuple[type[Message], ...] = (
    agenda.EventCancelled,
    agenda.EventChanged,
    agenda.EventClosed,
    agenda.EventPublished,
    agenda.NetworkingPlanPublished,
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
            "schemas": _schemas(),
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
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {"properties": {"data": {"$ref": f"#/components/schemas/{contract.__name__}"}}},
            ]
        },
    }


def _schemas() -> dict[str, Any]:
    """All payloads at one place: a `$ref` inside a message would look for it at the document's root."""
    models: tuple[type[BaseModel], ...] = (Envelope, *CONTRACTS)
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = schemas["$defs"]
    return found


def render(document: dict[str, Any]) -> str:
    """JSON with sorted keys and readable letters, so that a change shows as the lines that it changes."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def documents() -> dict[str, str]:
    """The generated files by name."""
    return {"asyncapi.json": render(asyncapi()), "catalogue.json": render(catalogue())}


def write(folder: Path = FOLDER) -> None:
    """Write both documents into `folder`."""
    for name, content in documents().items():
        (folder / name).write_text(content, encoding="utf-8")


def outdated(folder: Path = FOLDER) -> list[str]:
    """Names of the files that differ from the code."""
    return [
        name
        for name, content in documents().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != content
    ]


def main(arguments: list[str]) -> int:
    """The exit code: 1 if `check` finds a document that is out of date."""
    if arguments != ["check"]:
        write()
        return 0
    for name in outdated():
        print(
            f"shared/contracts/{name} is out of date: run python -m shared.contracts.catalogue",
            file=sys.stderr,
        )
    return 1 if outdated() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
