"""Mail addresses: cleaned for sending, and the key by which two are compared. Pure, asks no name server."""

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from services.registration.signup.names import Refused
from shared.kit.i18n import N_


def clean_address(text: str) -> str:
    """The address as mail is sent to it; a domain with umlauts is given in its ASCII form (RFC 5891).

    Raises Refused for everything that is no address, for CR and LF anywhere, and for letters before the @
    that need SMTPUTF8 (RFC 6531), which too few mail servers accept.
    """
    if "\r" in text or "\n" in text:
        raise Refused(N_("Please enter one mail address, on one line."))
    address = _validated(text.strip(" \t\u00a0")).ascii_email
    if address is None:
        raise Refused(N_("Please use an address with only unaccented letters before the @."))
    return address


def comparison_key(address: str) -> str:
    """Equal for two spellings of a clean address that reach the same mailbox at every provider that we know.

    RFC 5321 lets a server distinguish upper and lower case before the @; none in use does.
    """
    return address.casefold()


def _validated(address: str) -> ValidatedEmail:
    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Refused(_sentence_for(address)) from error


def _sentence_for(address: str) -> str:
    local, at, _domain = address.rpartition("@")
    if at and not local.isascii():
        return N_("Please use an address with only unaccented letters before the @.")
    return N_("Please enter a mail address such as name@example.org.")
