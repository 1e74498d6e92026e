"""The report as a table in a file: CSV and XLSX, in the reader's language.

A title that a spreadsheet would run as a formula is made harmless in both.
"""

import io
from collections.abc import Sequence

import xlsxwriter
from defusedcsv import csv

from services.certificates.report.figures import Report
from shared.kit.i18n import N_, Locale, localised, ngettext, translator

HEADINGS = (
    N_("Date"),
    N_("Event"),
    N_("Where"),
    N_("Funding reference"),
    N_("Registered"),
    N_("Arrived"),
    N_("Did not come"),
    N_("Organisations"),
    N_("Hours"),
    N_("Confirmations"),
)
Cell = str | int | float


def rows_of(report: Report, language: Locale) -> list[Sequence[Cell]]:
    """The headings, a row for each event, and all together."""
    _ = translator(language)
    events: list[Sequence[Cell]] = [
        (
            each.event.day.isoformat(),
            localised(each.event.title, language),
            each.event.place,
            each.event.reference,
            each.registered,
            each.arrived,
            each.no_shows,
            len(each.organisations),
            each.hours,
            each.confirmations,
        )
        for each in report.events
    ]
    return [[_(heading) for heading in HEADINGS], *events, _together(report, language)]


def _together(report: Report, language: Locale) -> Sequence[Cell]:
    _ = translator(language)
    return (
        _("Together"),
        ngettext(language, "{n} event", "{n} events", len(report.events)),
        ngettext(language, "{n} person", "{n} different people", report.people),
        "",
        report.registered,
        report.arrived,
        report.no_shows,
        report.organisations,
        report.hours,
        report.confirmations,
    )


def as_csv(report: Report, language: Locale) -> bytes:
    """With a byte order mark, since spreadsheets take it for Latin-1 otherwise."""
    text = io.StringIO()
    csv.writer(text).writerows(rows_of(report, language))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(report: Report, language: Locale) -> bytes:
    """One sheet: headings in bold, numbers as numbers, texts as texts."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        rows = rows_of(report, language)
        for number, row in enumerate(rows):
            is_bold = number in (0, len(rows) - 1)
            for column, cell in enumerate(row):
                write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                write(number, column, cell, *([bold] if is_bold else []))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()
