"""A message is added in four places (CONTRIBUTING, "Add a message"); a forgotten one fails here."""

import ast
import importlib
import inspect
import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from shared.contracts import agenda, catalogue, certificates, registration
from shared.contracts.messages import Message, Service
from shared.contracts.schedule import PERIODS, service_of

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
SPECIFICATIONS = ROOT / "node_modules/@asyncapi/specs/schemas"
MODULES = (agenda, certificates, registration)


def tasks_of(service: str) -> set[str]:
    worker = importlib.import_module(f"services.{service}.worker")
    return {name for name in worker.app.tasks if not name.startswith("celery.")}


def test_every_message_class_stands_in_the_catalogue() -> None:
    classes = {
        thing
        for module in MODULES
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if issubclass(thing, Message) and "name" in vars(thing)
    }
    assert classes == set(catalogue.CONTRACTS)


@pytest.mark.parametrize("contract", catalogue.CONTRACTS, ids=lambda contract: contract.name)
def test_a_message_is_named_after_its_producer_its_fact_and_its_version(contract: type[Message]) -> None:
    producer, fact, version = contract.name.split(".")
    assert contract.producer == producer
    assert fact.replace("_", "") == contract.__name__.lower()
    assert version.removeprefix("v").isdigit()


@pytest.mark.parametrize("contract", catalogue.CONTRACTS, ids=lambda contract: contract.name)
def test_a_message_says_what_it_is_about(contract: type[Message]) -> None:
    assert contract.aggregate
    assert contract.subject is not Message.subject


@pytest.mark.parametrize("contract", catalogue.CONTRACTS, ids=lambda contract: contract.name)
def test_nobody_sends_messages_to_itself(contract: type[Message]) -> None:
    assert contract.consumers
    assert contract.producer not in contract.consumers


@pytest.mark.parametrize("service", list(Service))
def test_every_message_is_made_by_its_producer(service: Service) -> None:
    told = {contract.__name__ for contract in catalogue.CONTRACTS if contract.producer == service}
    assert told - names_used_in(SERVICES / service) == set()


def names_used_in(folder: Path) -> set[str]:
    """What the code there names, alone or behind a dot; an import is no use."""
    found = (node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in found
        if isinstance(node, (ast.Name, ast.Attribute))
    }


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("service", list(Service))
def test_every_consumer_registers_each_contract_addressed_to_it(service: Service) -> None:
    addressed = {contract.name for contract in catalogue.addressed_to(service)}
    consumed = {name for name in tasks_of(service) if name in catalogue.BY_NAME}
    assert consumed == addressed


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("service", list(Service))
def test_every_periodic_task_is_served(service: Service) -> None:
    assert {name for name in PERIODS if service_of(name) == service} <= tasks_of(service)


def test_the_asyncapi_document_is_one() -> None:
    schema = json.loads((SPECIFICATIONS / "3.0.0.json").read_text(encoding="utf-8"))
    Draft7Validator(schema).validate(catalogue.asyncapi())


def test_the_catalogue_and_the_asyncapi_document_are_up_to_date() -> None:
    assert catalogue.outdated() == []


def test_a_document_that_was_forgotten_is_noticed(tmp_path: Path) -> None:
    catalogue.write(tmp_path)
    (tmp_path / "asyncapi.json").write_text("{}", encoding="utf-8")
    assert catalogue.outdated(tmp_path) == ["asyncapi.json"]
