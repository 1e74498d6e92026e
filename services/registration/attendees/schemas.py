"""Shapes of registrations, as the API gives them to organisers."""

from pydantic import BaseModel, ConfigDict

from services.registration.attendees.queries import Row
from services.registration.signup.schemas import RegistrationOut


class RegistrationPage(BaseModel):
    """One page of registrations, by name; `next` is the cursor of the following one."""

    items: list[RegistrationOut]
    next: str | None


class Changes(BaseModel):
    """The fields to change, named as at sign-up; null empties one."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": {"last_name": "Wieloch-Seidel"}})


def show(row: Row) -> RegistrationOut:
    registration = row.registration
    return RegistrationOut.model_validate(
        {
            **registration.answers,
            "id": registration.id,
            "status": registration.status,
            "ref": registration.ref,
            "first_name": registration.first_name,
            "last_name": registration.last_name,
            "email": registration.email,
            "organisation": registration.organisation,
            "category": registration.category,
            "locale": registration.locale,
            "promoted": registration.promoted,
            "registered_at": registration.registered_at,
            "confirmed_at": registration.confirmed_at,
            "cancelled_at": registration.cancelled_at,
            "place_in_list": row.place_in_list,
            "has_arrived": row.has_arrived,
        }
    )
