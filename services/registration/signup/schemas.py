"""Shapes of sign-up, as the API takes and gives them."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from services.registration.signup.names import clean_line
from shared.kit.i18n import N_
from shared.kit.instants import Instant

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Label = Annotated[str, Field(max_length=300), AfterValidator(clean_line), Field(min_length=1)]
Labels = Annotated[dict[Literal["de", "en"], Label], Field(min_length=1)]

# The form asks for first name, last name and address anyway; more than six required fields and people
# give up (Baymard Institute's studies of check-outs put the limit near there).
MOST_REQUIRED_QUESTIONS = 3
FIXED_FIELDS = frozenset({
    "id", "status", "ref", "first_name", "last_name", "email", "organisation", "category", "locale",
    "promoted", "registered_at", "confirmed_at", "cancelled_at", "has_arrived", "place_in_list", "idempotency_key", "lang",
})  # fmt: skip


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(Strict):
    """One of the answers to choose from, or a category."""

    key: Key
    labels: Labels


class Question(Strict):
    """What the form also asks; the answer is sent under `key`."""

    key: Key
    labels: Labels
    type: Literal["text", "choice", "checkbox"] = "text"
    options: tuple[Option, ...] = Field(default=(), max_length=100)
    required: bool = False

    @model_validator(mode="after")
    def check_options(self) -> Self:
        if (self.type == "choice") != bool(self.options):
            raise ValueError(N_("A choice has options, and no other question has."))
        if self.key in FIXED_FIELDS:
            raise ValueError(N_("This key belongs to a field that every form has."))
        _must_differ(option.key for option in self.options)
        return self


class SignUpForm(Strict):
    """What an event asks of everybody, beside name and address."""

    categories: tuple[Option, ...] = Field(default=(), max_length=50)
    """Who signs up publicly gets the first one; organisers may name another."""
    questions: tuple[Question, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def check_keys(self) -> Self:
        _must_differ(category.key for category in self.categories)
        _must_differ(question.key for question in self.questions)
        if sum(question.required for question in self.questions) > MOST_REQUIRED_QUESTIONS:
            raise ValueError(N_("A form may have at most six required fields, so at most three questions."))
        return self


class Settings(SignUpForm):
    """How people sign up for an event. A deadline that is null does not exist."""

    capacity: int = Field(ge=0, le=1_000_000)
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    cancel_until: Instant | None = None
    places_per_address: int = Field(default=5, ge=1, le=1_000_000)
    retention_days: int | None = Field(default=None, ge=0, le=3650)

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "capacity": 60,
                "categories": [{"key": "guest", "labels": {"de": "Gast", "en": "Guest"}}],
                "questions": [
                    {"key": "diet", "labels": {"de": "Ernährung", "en": "Diet"}},
                    {
                        "key": "cafe_wish_1",
                        "labels": {"de": "World Café: erster Wunsch", "en": "World Café: first wish"},
                        "type": "choice",
                        "options": [{"key": "schulungen", "labels": {"de": "Schulungen", "en": "Training"}}],
                    },
                    {
                        "key": "photo_consent",
                        "labels": {"de": "Ich darf fotografiert werden.", "en": "I may be photographed."},
                        "type": "checkbox",
                    },
                ],
                "places_per_address": 5,
            }
        },
    )

    @model_validator(mode="after")
    def check_deadlines(self) -> Self:
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValueError(N_("Sign-up has to open before it closes."))
        return self


def _must_differ(keys: Any) -> None:
    given = list(keys)
    if len(given) != len(set(given)):
        raise ValueError(N_("Each key may stand here once."))


class Places(BaseModel):
    """How full an event is."""

    capacity: int
    taken: int
    waiting: int


class SignUp(BaseModel):
    """A registration as it is sent; answers stand under their question's key."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "first_name": "Lisbeth",
                "last_name": "Wieloch",
                "email": "lisbeth.wieloch.01@example.org",
                "organisation": "Mittelstand-Digital Zentrum Ilmenau",
                "locale": "de",
                "diet": "vegetarisch",
                "photo_consent": "yes",
                "cafe_wish_1": "veranstaltungen",
            }
        },
    )

    first_name: str
    last_name: str
    email: str
    organisation: str = ""
    locale: Literal["de", "en", ""] = ""
    category: str = ""
    """Organisers only."""
    ref: str = ""
    """The organiser's own reference, unique in the event. Organisers only."""


class SignUpAnswer(BaseModel):
    """What the public hears: what a new address gets now. Everything else comes by mail."""

    status: Literal["confirmed", "waiting"]


class RegistrationOut(BaseModel):
    """A registration for organisers; answers stand beside it under their question's key."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    status: Literal["confirmed", "waiting", "cancelled"]
    ref: str | None
    first_name: str
    last_name: str
    email: str
    organisation: str
    category: str
    locale: str
    promoted: bool
    registered_at: AwareDatetime
    confirmed_at: AwareDatetime | None
    cancelled_at: AwareDatetime | None
    place_in_list: int | None = None
    """Where somebody stands in the waiting list, from 1 on."""
    has_arrived: bool = False
