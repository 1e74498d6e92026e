"""A seed of some quick cells; `make faults` plays them all, many times, and their controls."""

from collections.abc import Iterator

import pytest

from tests.faults.cells import CELLS, Cell, run
from tests.faults.world import World, a_world

# Another moment than those of `make faults`.
SEED = 1000
QUICK = (
    "a web process is killed around a commit",
    "every message three times and shuffled",
    "SMTP keeps a mail and drops the connection",
)


def cells(names: tuple[str, ...]) -> list[Cell]:
    return [cell for cell in CELLS if cell.name in names]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.mark.parametrize("cell", cells(QUICK), ids=lambda cell: cell.name)
def test_after_a_fault_everybody_has_one_confirmation(world: World, cell: Cell) -> None:
    assert run(world, cell, SEED).violations == []
