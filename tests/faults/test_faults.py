"""A seed of some quick cells, and one without its guard; `make faults` plays them all, many times."""

from collections.abc import Iterator

import pytest

from tests.faults.cells import CELLS, Cell, run
from tests.faults.run import fail_without, is_shown
from tests.faults.world import World, a_world

# Another moment than those of `make faults`.
SEED = 1000
QUICK = ("a web process is killed around a commit", "every message three times and shuffled")
UNKNOWN = "SMTP keeps a mail and drops the connection"


def cell_of(name: str) -> Cell:
    return next(cell for cell in CELLS if cell.name == name)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.mark.parametrize("name", [*QUICK, UNKNOWN])
def test_after_a_fault_everybody_has_one_confirmation(world: World, name: str) -> None:
    assert run(world, cell_of(name), SEED).violations == []


def test_without_the_state_sending_somebody_has_two_confirmations(world: World) -> None:
    verdict = fail_without(world, cell_of(UNKNOWN), "the state sending", tries=1)
    assert is_shown("the state sending", verdict.violations)
