"""The attendees' way: the public form, their mails, their own page."""

from email.message import EmailMessage
from urllib.parse import urlsplit

from lxml import html

from deploy.local.play.data import Participant
from deploy.local.play.http import PlayFailed, Visitor, wait_for
from deploy.local.play.mails import Spool, link_in
from deploy.local.play.system import System


class Attendees:
    """People with a browser and a mailbox."""

    def __init__(self, stack: System, slug: str) -> None:
        self._stack = stack
        self._form = f"/e/{slug}"
        self.spool = Spool(stack.mailbox)

    def sign_up(self, person: Participant) -> None:
        """Fill in the public form in the person's language and send it."""
        browser = Visitor(self._stack.urls.public)
        page = browser.get(self._form, params={"lang": person.locale})
        form = _form_with(page.content, "email")
        fields = {**dict(form.form_values()), **_typed(person)}
        browser.post(form.get("action") or self._form, status=303, data=fields)

    def ticket_mail(self, address: str, *, after: int = 0) -> EmailMessage:
        """The newest mail with a ticket, once there are more than `after` of them."""
        return wait_for(f"a ticket for {address}", lambda: self._newest(address, "ticket", after))

    def waiting_mail(self, address: str, *, after: int = 0) -> EmailMessage:
        return wait_for(f"a place in the list for {address}", lambda: self._newest(address, "waiting", after))

    def cancelled_mail(self, address: str) -> EmailMessage:
        return wait_for(f"a cancellation for {address}", lambda: self._newest(address, "cancelled", 0))

    def cancel(self, mail: EmailMessage) -> None:
        """Follow the link in a mail and press the button."""
        link = link_in(mail)
        if link is None:
            raise PlayFailed(f"no link in the mail “{mail['Subject']}”")
        browser = Visitor(self._stack.urls.public)
        page = browser.get(urlsplit(link).path)
        form = _form_with(page.content, action_ends="/cancel")
        browser.post(str(form.get("action")), status=303, data=dict(form.form_values()))

    def _newest(self, address: str, kind: str, after: int) -> EmailMessage | None:
        mails = self.spool.to(address, kind=kind)
        return mails[-1] if len(mails) > after else None


def _typed(person: Participant) -> dict[str, str]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "organisation": person.organisation,
        **{key: answer for key, answer in person.answers.items() if answer != "no"},
    }


def _form_with(page: bytes, field: str = "", *, action_ends: str = "") -> html.FormElement:
    for form in html.fromstring(page.decode()).forms:
        if field and field in form.fields:
            return form
        if action_ends and str(form.get("action")).endswith(action_ends):
            return form
    raise PlayFailed(f"no form with {field or action_ends} on the page")
