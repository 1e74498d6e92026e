"""Finite fields GF(p^k) for small orders, by discrete logarithms (Lidl and Niederreiter, Finite Fields, 1997)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product


@dataclass(frozen=True)
class Field:
    """The elements are 0 … order-1; an element's digits to the base `characteristic` are its coefficients."""

    characteristic: int
    order: int
    powers: tuple[int, ...]
    logarithms: dict[int, int]

    def add(self, a: int, b: int) -> int:
        p, total, place = self.characteristic, 0, 1
        while a or b:
            total += (a + b) % p * place
            a, b, place = a // p, b // p, place * p
        return total

    def multiply(self, a: int, b: int) -> int:
        if not a or not b:
            return 0
        return self.powers[(self.logarithms[a] + self.logarithms[b]) % (self.order - 1)]


@lru_cache
def field(order: int) -> Field | None:
    """The field with so many elements; None where the order is no power of a prime."""
    found = _prime_power(order)
    if found is None:
        return None
    p, degree = found
    for polynomial in _candidates(p, degree):
        powers = _powers(p, degree, polynomial)
        if len(set(powers)) == order - 1:
            return Field(p, order, powers, {element: log for log, element in enumerate(powers)})
    raise AssertionError("Every finite field has a primitive element.")


def _prime_power(order: int) -> tuple[int, int] | None:
    for p in range(2, order + 1):
        if order % p == 0:
            degree, rest = 0, order
            while rest % p == 0:
                degree, rest = degree + 1, rest // p
            return (p, degree) if rest == 1 else None
    return None


def _candidates(p: int, degree: int) -> Iterator[tuple[int, ...]]:
    """What x^degree is to be replaced by: the coefficients from the lowest on."""
    return product(range(p), repeat=degree)


def _powers(p: int, degree: int, polynomial: tuple[int, ...]) -> tuple[int, ...]:
    """1, g, g², … until 1 comes again, where g is x, or the constant itself in a prime field."""
    one = (1, *(0,) * (degree - 1))
    element, found = one, []
    for _ in range(p**degree - 1):
        found.append(sum(digit * p**place for place, digit in enumerate(element)))
        element = _times_x(p, element, polynomial)
        if element == one or not any(element):
            break
    return tuple(found)


def _times_x(p: int, element: tuple[int, ...], polynomial: tuple[int, ...]) -> tuple[int, ...]:
    carried = element[-1]
    shifted = (0, *element[:-1])
    return tuple((digit + carried * factor) % p for digit, factor in zip(shifted, polynomial, strict=True))
