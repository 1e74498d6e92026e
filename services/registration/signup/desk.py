"""Where the public signs up: those who come at the same moment share a transaction.

All sign-ups of an event wait for the lock of its places. Alone, each would hold it for a dozen statements and
a commit; together they hold it once (`DECISIONS.md`, 18).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.registration.mailing.service import event_locale
from services.registration.runtime import Sessions
from services.registration.signup import service, setup
from services.registration.signup.keys import has_cancelled
from services.registration.signup.models import Event, EventSettings
from services.registration.signup.person import Person, read_person
from services.registration.signup.schemas import SignUpForm
from services.registration.signup.waiting_list import Outcome
from shared.errors import Conflict, Invalid, ProblemError
from shared.kit import idempotency
from shared.kit.gathering import Gathering
from shared.kit.i18n import Locale
from shared.kit.idempotency import Answer, RequestInFlight, RequestKey

# Enough to share the costs of a transaction; the first of them waits for the last.
MOST_TOGETHER = 20


@dataclass(frozen=True, eq=False)
class Applicant:
    """Somebody of the public who asks for a place."""

    event: str
    """Id or slug, as the address names it."""
    fields: Mapping[str, object]
    locale: Locale
    key: RequestKey | None
    answer: Callable[[Outcome], Answer]
    """How the outcome is told, and told again when the same request comes again."""
    is_at_form: bool = False
    """A person presses the button, not a program that asks again by itself."""


async def sign_up(applicant: Applicant) -> Answer:
    """The answer, once it is committed.

    Raises EventNotFound, SettingsNotFound, a Conflict while sign-up is not open, Invalid with a sentence for each
    bad field, RequestInFlight and KeyUsedForSomethingElse.
    """
    return await _desk.do(applicant, group=applicant.event)


def serve(applicants: Sequence[Applicant]) -> Sequence[Answer | Exception]:
    """Sign up people of one event in the order of their arrival, in one transaction."""
    try:
        with Sessions.begin() as session:
            return _serve(session, applicants)
    except OperationalError as problem:
        # The database is away: nobody is to blame, and trying them one by one would only take longer.
        return [problem] * len(applicants)


_desk = Gathering[Applicant, Answer](serve, most=MOST_TOGETHER)
Results = dict[Applicant, Answer | ProblemError]


def _serve(session: Session, applicants: Sequence[Applicant]) -> Sequence[Answer | Exception]:
    event, settings = setup.public_event_with_settings(session, applicants[0].event)
    form = setup.form_of(settings)
    results = _answered_before(session, applicants)
    results = _without_cancelled(session, event, form, results)
    people: dict[Applicant, Person] = {}
    for applicant in applicants:
        if applicant not in results:
            try:
                people[applicant] = _read(applicant, form, event)
            except Invalid as problem:
                results[applicant] = problem
    results |= _enter(session, event, settings, people)
    return [results[applicant] for applicant in applicants]


def _answered_before(session: Session, applicants: Sequence[Applicant]) -> Results:
    """Those whose request came before, or is being answered at this moment, perhaps for one of us."""
    first: dict[bytes, Applicant] = {}
    results: Results = {}
    for applicant in applicants:
        if applicant.key and first.setdefault(applicant.key.key, applicant) is not applicant:
            results[applicant] = RequestInFlight()
    stored = idempotency.find_answers(session, [a.key for a in first.values() if a.key])
    return results | {a: stored[a.key] for a in first.values() if a.key in stored}


def _without_cancelled(session: Session, event: Event, form: SignUpForm, results: Results) -> Results:
    """Without the answers that told of a registration which was cancelled since.

    A browser that goes back shows the old form with its old key, and whoever sends it wants to come after all.
    """
    again = [a for a, answer in results.items() if a.is_at_form and isinstance(answer, Answer)]
    came_back = [a for a in again if _has_cancelled(session, a, form, event)]
    if came_back:
        idempotency.forget(session, [a.key for a in came_back if a.key])
    return {a: answer for a, answer in results.items() if a not in came_back}


def _has_cancelled(session: Session, applicant: Applicant, form: SignUpForm, event: Event) -> bool:
    try:
        return has_cancelled(session, event.id, _read(applicant, form, event))
    except Invalid:
        # The form asks something else by now.
        return False


def _read(applicant: Applicant, form: SignUpForm, event: Event) -> Person:
    return read_person(applicant.fields, form, locale=applicant.locale, default_locale=event_locale(event))


def _enter(
    session: Session, event: Event, settings: EventSettings, people: Mapping[Applicant, Person]
) -> Results:
    try:
        outcomes = service.sign_up_together(session, event, settings, list(people.values()))
    except Conflict as problem:
        return dict.fromkeys(people, problem)
    answers = {
        applicant: applicant.answer(outcome) for applicant, outcome in zip(people, outcomes, strict=True)
    }
    idempotency.store(session, [(a.key, answer) for a, answer in answers.items() if a.key])
    return dict(answers)
