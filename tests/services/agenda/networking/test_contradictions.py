"""What cannot be is said in a sentence before anything is searched."""

from typing import Any

import pytest

from services.agenda.networking.solving.contradictions import refuse
from services.agenda.networking.solving.first_plans import NoPlanExists
from services.agenda.networking.solving.instances import AWAY
from services.agenda.networking.solving.measure import measure
from services.agenda.networking.solving.solve import solve
from tests.services.agenda.networking.instances import a_cafe, a_mixer, a_speed_networking


@pytest.mark.parametrize(
    ("rules", "names", "sentence"),
    [
        (
            {"cap": [1, 3]},
            ["seats", "max_sitouts"],
            "Round 0 has 16 people and seats for 12, and nobody may sit out more than 0 times.",
        ),
        (
            {"together": [[0, 1], [2, 3]], "forbid": [[3, 2]]},
            ["together", "apart"],
            "2 and 3 are to stay together, and apart.",
        ),
        (
            {"org": [7] * 5 + [1] * 4 + [2] * 4 + [3] * 3, "org_rule": "hard"},
            ["apart"],
            "Organisation 7 has 5 people in round 0, who must not meet, and there are 4 tables.",
        ),
    ],
)
def test_the_rule_that_cannot_be_kept_is_named(
    rules: dict[str, Any], names: list[str], sentence: str
) -> None:
    with pytest.raises(NoPlanExists) as refused:
        solve(a_mixer(4, 4, 3, **rules), seconds=60)
    assert (str(refused.value), list(refused.value.rules)) == (sentence, names)


def test_seven_people_in_pairs_need_somebody_to_sit_out() -> None:
    with pytest.raises(NoPlanExists, match="seats for 6"):
        solve(a_speed_networking(7, 3, max_sitouts=0))


def test_who_is_never_there_at_once_may_be_asked_to_stay_together_and_apart() -> None:
    away = [[0, 0, 2], [1, 2, 3]]
    cafe = a_cafe(14, 4, 3, [2, 4], together=[[0, 1]], forbid=[[0, 1]], absent=away)
    assert solve(cafe, seconds=0.5).measure.broken == ()


def test_who_must_stay_together_and_apart_may_sit_out_together() -> None:
    cafe = a_cafe(2, 2, 1, [0, 2], together=[[0, 1]], forbid=[[0, 1]], max_sitouts=1)
    refuse(cafe)
    assert measure(cafe, [[AWAY, AWAY]]).broken == ()


def test_no_table_of_three_is_laid_for_four() -> None:
    with pytest.raises(NoPlanExists, match="seats for 3"):
        solve(a_mixer(2, 3, 1, n=4, empty_ok=True))
