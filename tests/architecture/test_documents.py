"""What the README and CONTRIBUTING say of the code is so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.catalogue import CONTRACTS

ROOT = Path(__file__).parents[2]
STEPS = re.findall(r"^\| `(\w+)` in `([\w/]+\.py)`", (ROOT / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("function", "path"), STEPS)
def test_the_way_of_a_registration_leads_through_functions_that_exist(function: str, path: str) -> None:
    module = ast.parse((ROOT / path).read_text())
    functions = {
        node.name for node in module.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert function in functions


def test_the_way_of_a_registration_is_a_dozen_functions_at_most() -> None:
    assert 0 < len(STEPS) <= 12


def test_the_picture_of_the_three_services_shows_each_message_on_its_way() -> None:
    ways = {
        (contract.name.split(".")[1].replace("_", " "), contract.producer.value, consumer.value)
        for contract in CONTRACTS
        for consumer in contract.consumers
    }
    assert set(ways_in_picture()) == ways


def ways_in_picture() -> Iterator[tuple[str, str, str]]:
    """Fact, producer and consumer of each message in the README's picture."""
    [picture] = re.findall(r"```mermaid\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    services = dict(re.findall(r"^ +(\w)\[(\w+)", picture, re.MULTILINE))
    arrows = re.findall(r"^ +(\w)(?:\[.*?\])? -->\|(.*?)\| (.*)$", picture, re.MULTILINE)
    for producer, label, consumers in arrows:
        for consumer in services.keys() & set(consumers.split(" & ")):
            for fact in facts_in(label):
                yield fact, services[producer], services[consumer]


def facts_in(label: str) -> Iterator[str]:
    """`event changed · closed` says "event changed" and "event closed"."""
    for line in label.split("<br>"):
        subject: list[str] = []
        for fact in line.split(" · "):
            *words, verb = fact.split()
            subject = words or subject
            yield " ".join([*subject, verb])


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_a_path_that_is_named_exists(document: str) -> None:
    named = re.findall(r"`((?:deploy|services|shared|tests)/[\w./-]+)`", (ROOT / document).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_a_target_that_is_named_is_one_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"make ([a-z]+)", (ROOT / document).read_text())) <= targets, document
