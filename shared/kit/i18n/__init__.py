"""Languages: which one a person reads, its sentences, and its dates in the event's zone.

`python -m shared.kit.i18n` checks and updates what the translators work on.
"""

from shared.kit.i18n.dates import (
    format_date,
    format_duration,
    format_instant,
    format_interval,
    format_number,
    format_time,
    format_times,
)
from shared.kit.i18n.languages import (
    DEFAULT_LOCALE,
    LANGUAGE_NAMES,
    LOCALES,
    Locale,
    localised,
    negotiate,
)
from shared.kit.i18n.sentences import (
    N_,
    ROOT,
    Translator,
    gettext,
    ngettext,
    plural_sentence,
    sentence,
    translator,
)

__all__ = [
    "DEFAULT_LOCALE",
    "LANGUAGE_NAMES",
    "LOCALES",
    "N_",
    "ROOT",
    "Locale",
    "Translator",
    "format_date",
    "format_duration",
    "format_instant",
    "format_interval",
    "format_number",
    "format_time",
    "format_times",
    "gettext",
    "localised",
    "negotiate",
    "ngettext",
    "plural_sentence",
    "sentence",
    "translator",
]
