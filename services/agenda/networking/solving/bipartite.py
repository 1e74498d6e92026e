"""Rounds between two sides: wishes and the rest of a regular graph, coloured into rounds (König 1916)."""

from collections.abc import Iterator, Sequence

from services.agenda.networking.solving.instances import AWAY, Instance, Plan

# Somebody who is not there fills up the smaller side; who meets them sits out.
Graph = list[set[int]]
# Whoever has no target yet.
NOTHING = -1


def seat_sides(instance: Instance) -> Plan | None:
    """Rounds in which no pair meets twice and the wished pairs meet, as far as rounds allow.

    None where the rules leave no regular graph: fewer people to meet than rounds.
    """
    side = instance.side or ()
    left = [person for person in instance.people if side[person] == 0]
    right = [person for person in instance.people if side[person] == 1]
    places = max(len(left), len(right))
    if instance.tables < min(len(left), len(right)) or instance.rounds > places:
        return None
    graph = _graph(instance, left, right, places)
    if graph is None:
        return None
    matchings = _matchings(graph, instance.rounds)
    return [_row(instance, left, right, matching, number) for number, matching in enumerate(matchings)]


def _graph(instance: Instance, left: Sequence[int], right: Sequence[int], places: int) -> Graph | None:
    """Whom each place on the left meets in all: `rounds` of the other side for each, wishes first."""
    free = [instance.rounds] * places
    graph: Graph = [set() for _ in range(places)]
    place_of = {person: place for place, person in enumerate(right)}
    for place, person in enumerate(left):
        for other in right:
            if instance.wanted[person] >> other & 1 and not instance.apart[person] >> other & 1:
                target = place_of[other]
                if len(graph[place]) < instance.rounds and free[target]:
                    graph[place].add(target)
                    free[target] -= 1
    allowed = [_allowed(instance, left, right, place, places) for place in range(places)]
    return graph if _Growing(graph, free, allowed).grow_to(instance.rounds) else None


def _allowed(
    instance: Instance, left: Sequence[int], right: Sequence[int], place: int, places: int
) -> list[int]:
    """Whom a place may meet, beginning with its neighbours, so that the first choice is a rotation.

    Nobody's places take the right side in turn, so that all sit out equally often.
    """
    if place >= len(left):
        begin = (place - len(left)) * instance.rounds
        return [(begin + step) % places for step in range(instance.rounds)]
    order = [(place + step) % places for step in range(places)]
    apart = instance.apart[left[place]]
    return [target for target in order if target >= len(right) or not apart >> right[target] & 1]


class _Growing:
    """A graph that gets its full degree by augmenting paths; the edges that it began with stay."""

    def __init__(self, graph: Graph, free: list[int], allowed: Sequence[Sequence[int]]) -> None:
        self.graph = graph
        self.free = free
        self.allowed = allowed
        self.kept = [set(targets) for targets in graph]
        self.holders: list[set[int]] = [set() for _ in free]
        for place, targets in enumerate(graph):
            for target in targets:
                self.holders[target].add(place)

    def grow_to(self, degree: int) -> bool:
        """Whether each place could get so many targets."""
        return all(
            self._extend(place)
            for place, targets in enumerate(self.graph)
            for _ in range(degree - len(targets))
        )

    def _extend(self, place: int) -> bool:
        """One more target for a place: a free one, or one whose holder can replace it.

        Depth first, with a path of its own: it may be longer than Python's calls go deep.
        """
        moved = {place}
        path, tried = [(place, NOTHING)], [self._holders_of_missing(place, moved)]
        while tried:
            free = self._free_target(path[-1][0])
            if free != NOTHING:
                self._pass_on(path, free)
                return True
            while tried and (step := next(tried[-1], None)) is None:
                tried.pop()
                path.pop()
            if tried and step:
                moved.add(step[0])
                path.append(step)
                tried.append(self._holders_of_missing(step[0], moved))
        return False

    def _free_target(self, place: int) -> int:
        held = self.graph[place]
        return next((t for t in self.allowed[place] if self.free[t] and t not in held), NOTHING)

    def _holders_of_missing(self, place: int, moved: set[int]) -> Iterator[tuple[int, int]]:
        """Who may have to leave which target to the place."""
        for target in self.allowed[place]:
            if target not in self.graph[place]:
                for other in sorted(self.holders[target] - moved):
                    if target not in self.kept[other] and other not in moved:
                        yield other, target

    def _pass_on(self, path: list[tuple[int, int]], free: int) -> None:
        """The last one joins what is free and leaves its own target to the one before, and so on."""
        self.free[free] -= 1
        gained = free
        for place, left in reversed(path):
            if left != NOTHING:
                self.graph[place].discard(left)
                self.holders[left].discard(place)
            self._join(place, gained)
            gained = left

    def _join(self, place: int, target: int) -> None:
        self.graph[place].add(target)
        self.holders[target].add(place)


def _matchings(graph: Graph, rounds: int) -> list[list[int]]:
    """A regular bipartite graph falls apart into perfect matchings: take one away, and it is regular still."""
    left = [set(targets) for targets in graph]
    matchings = []
    for _ in range(rounds):
        matching = _perfect_matching(left)
        for place, target in enumerate(matching):
            left[place].discard(target)
        matchings.append(matching)
    return matchings


def _perfect_matching(graph: Graph) -> list[int]:
    """Augmenting paths (Kuhn 1955), begun with a greedy choice."""
    holder: dict[int, int] = {}
    for place in range(len(graph)):
        _place_at(graph, holder, place)
    matching = [0] * len(graph)
    for target, place in holder.items():
        matching[place] = target
    return matching


def _place_at(graph: Graph, holder: dict[int, int], place: int) -> None:
    """Depth first, with a path of its own: who stands on it, and the target that each leaves to the one before."""
    seen: set[int] = set()
    path, tried = [(place, NOTHING)], [iter(graph[place])]
    while tried:
        last = path[-1][0]
        free = next((target for target in graph[last] if target not in holder), NOTHING)
        if free != NOTHING:
            for person, left in reversed(path):
                holder[free], free = person, left
            return
        while tried and (target := next((t for t in tried[-1] if t not in seen), NOTHING)) == NOTHING:
            tried.pop()
            path.pop()
        if tried:
            seen.add(target)
            path.append((holder[target], target))
            tried.append(iter(graph[holder[target]]))


def _row(
    instance: Instance, left: Sequence[int], right: Sequence[int], matching: Sequence[int], number: int
) -> list[int]:
    row = [AWAY] * instance.n
    absent = instance.absent[number]
    table = 0
    for place, target in enumerate(matching):
        if place < len(left) and target < len(right):
            pair = (left[place], right[target])
            if not absent.intersection(pair):
                row[pair[0]] = row[pair[1]] = table
                table += 1
    return row
