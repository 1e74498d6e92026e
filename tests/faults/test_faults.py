"""A few seeds of each quick cell, and a positive control; `make faults` plays them all, many times."""

from collections.abc import Iterator

import pytest

from tests.faults.cells import CELLS, Cell, run
from tests.faults.run import fail_without_guards
from tests.faults.world import World, a_world

# Another moment than those of `make faults`.
SEED = 1000
QUICK = (
    "a worker is killed",
    "a web process is killed around a commit",
    "every message three times and shuffled",
    "SMTP keeps a mail and drops the connection",
    "the disk is full while papers are drawn",
)
CONTROLLED = ("SMTP keeps a mail and drops the connection",)


def cells(names: tuple[str, ...]) -> list[Cell]:
    return [cell for cell in CELLS if cell.name in names]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.mark.parametrize("cell", cells(QUICK), ids=lambda cell: cell.name)
def test_after_a_fault_everybody_has_one_confirmation(world: World, cell: Cell) -> None:
    assert run(world, cell, SEED).violations == []


# It comes last: the stack keeps the damage.
@pytest.mark.parametrize("cell", cells(CONTROLLED), ids=lambda cell: cell.name)
def test_without_its_guard_a_cell_fails(world: World, cell: Cell) -> None:
    assert fail_without_guards(world, cell)
