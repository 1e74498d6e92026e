"""The service's web application: `uvicorn services.certificates.main:app`."""

from services.certificates.attendance import api as attendance_api
from services.certificates.confirmations import api as confirmations_api
from services.certificates.confirmations import pages as confirmations_pages
from services.certificates.layouts import api as layouts_api
from services.certificates.layouts import pages as layouts_pages
from services.certificates.mailing import api as mailing_api
from services.certificates.mailing import pages as mailing_pages
from services.certificates.overview import pages as overview_pages
from services.certificates.printing import api as printing_api
from services.certificates.printing import pages as printing_pages
from services.certificates.report import api as report_api
from services.certificates.report import pages as report_pages
from services.certificates.review import api as review_api
from services.certificates.review import pages as review_pages
from services.certificates.runs import api as runs_api
from services.certificates.runtime import Sessions, engine, settings
from services.certificates.signed_lists import api as signed_lists_api
from services.certificates.signed_lists import pages as signed_lists_pages
from services.certificates.signed_lists.service import LARGEST_SCAN
from services.certificates.signing import pages as signing_pages
from services.certificates.verification import pages as verification_pages
from services.certificates.web import pages
from shared.kit.web.app import make_app

app = make_app(
    "certificates",
    settings=settings,
    engine=engine,
    sessions=Sessions,
    pages=pages,
    routers=[
        attendance_api.router,
        confirmations_pages.router,
        mailing_api.router,
        mailing_pages.router,
        layouts_api.router,
        layouts_pages.router,
        overview_pages.router,
        printing_api.router,
        printing_pages.router,
        report_api.router,
        report_pages.router,
        review_api.router,
        review_pages.router,
        runs_api.router,
        signed_lists_api.router,
        signed_lists_pages.router,
        confirmations_api.router,
        signing_pages.router,
        verification_pages.router,
    ],
    # The scan, and the form around it.
    larger_bodies={signed_lists_api.UPLOADS: LARGEST_SCAN + 100_000},
)
