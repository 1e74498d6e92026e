from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator

from shared.errors import Invalid
from shared.kit import validation
from shared.kit.i18n import translator


class Answers(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seats: int = Field(default=1, ge=1)


class Form(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=5)] = "Ada"
    email: EmailStr = "ada@example.org"
    meal: Literal["any", "vegan"] = "any"
    born: date = date(1990, 1, 1)
    answers: Answers = Answers()

    @field_validator("name")
    @classmethod
    def must_be_printable(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("Please remove control characters.")
        return name


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", validation.FILL_IN),
        ({"name": "Adelheid"}, "name", validation.TOO_LONG),
        ({"name": "A\x07"}, "name", "Please remove control characters."),
        ({"email": "ada@"}, "email", validation.EMAIL),
        ({"meal": "stones"}, "meal", validation.CHOOSE),
        ({"born": "yesterday"}, "born", validation.DATE),
        ({"answers": {"seats": "many"}}, "answers.seats", validation.WHOLE_NUMBER),
        ({"answers": {"seats": 0}}, "answers.seats", validation.TOO_SMALL),
        ({"answers": {"shoes": 1}}, "answers.shoes", validation.CHECK),
    ],
)
def test_what_is_wrong_stands_at_its_field_in_words_for_people(
    typed: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as caught:
        validation.checked(Form, typed)
    (error,) = caught.value.errors
    assert (error.field, error.sentence) == (field, sentence)


def test_every_sentence_at_a_field_is_there_in_german() -> None:
    for sentence in {*validation.SENTENCES.values(), validation.EMAIL, validation.CHECK}:
        assert translator("de")(sentence) != sentence


def test_what_fits_comes_as_a_model() -> None:
    assert validation.checked(Form, {"name": "Grace"}) == Form(name="Grace")
