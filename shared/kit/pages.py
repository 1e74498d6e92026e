"""Pages for people: templates beside their pages, in the reader's language, under a strict policy.

`pages = Pages("registration", ["accounts", "signup"])` reads `signup/form.html` from
`services/registration/signup/templates/form.html` and `kit/base.html` from `shared/kit/templates/`.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import escape
from starlette.applications import Starlette
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from shared.errors import FieldError, Invalid, ProblemError
from shared.kit import i18n
from shared.kit.access import Principal, Right
from shared.kit.i18n import N_, Locale
from shared.kit.settings import Settings

KIT = Path(__file__).parent

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# A link that a mail brought stands in the address; it must not travel on to other sites.
REFERRER_POLICY = "same-origin"

# A year, the longest that caches honour (RFC 9111): the address changes with the content.
FOREVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"

ONE_YEAR_IN_SECONDS = 365 * 24 * 3600

# What a browser may load from each folder; nothing else of a package is served.
_KIT_FILES = ("**/*.css", "**/*.js", "**/*.svg")
_KERN_FILES = ("kern.min.css", "fonts/fira-sans.css", "fonts/fira-sans/*.woff2")
_HTMX_FILES = ("htmx.min.js",)


@dataclass(frozen=True)
class Link:
    """A place to go; the label is a msgid. With a `right` only those see it who hold that somewhere."""

    label: str
    href: str
    right: Right | None = None


# The first of its tabs; the other services have theirs beside it.
OPERATIONS = "/registration/operations"


def event_tabs(slug: str) -> list[Link]:
    """What an organiser can look at within one event, on the pages of all three services."""
    return [
        Link(N_("Attendees"), f"/registration/events/{slug}"),
        Link(N_("Programme"), f"/agenda/events/{slug}"),
        Link(N_("Networking"), f"/agenda/events/{slug}/networking"),
        Link(N_("Papers and rules"), f"/certificates/events/{slug}"),
        Link(N_("Attendance and confirmations"), f"/certificates/events/{slug}/attendance"),
    ]


@dataclass(frozen=True)
class Site:
    """What every page says about the house: name, organiser's entries, legal links."""

    name: str = "Treffpunkt"
    home: str = "/registration/"
    nav: Sequence[Link] = (
        Link(N_("Events"), "/registration/"),
        Link(N_("Report for funders"), "/certificates/report", right=Right.read),
        Link(N_("Seals and keys"), "/certificates/signing", right=Right.read),
        Link(N_("Operations"), OPERATIONS, right=Right.write),
    )
    sign_out: str = "/registration/sign-out"
    imprint: str | None = None
    privacy: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """The house whose legal links stand in the settings."""
        return cls(imprint=settings.imprint_url or None, privacy=settings.privacy_url or None)


@dataclass(frozen=True)
class FormState:
    """What a form shows again: what was typed, and a sentence at each field that needs another look."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    # Each macro notes its label here, so that the summary at the top can name the field.
    labels: dict[str, str] = field(default_factory=dict, init=False)

    @classmethod
    def refused(cls, values: Mapping[str, Any], problem: Invalid) -> "FormState":
        """The form with what was typed and, at each field, the first of its problems."""
        return cls(values, _first_at_each_field(problem.errors))


def _first_at_each_field(errors: Sequence[FieldError]) -> dict[str, str]:
    first: dict[str, str] = {}
    for error in errors:
        first.setdefault(error.field, error.sentence)
    return first


class Assets:
    """The files that browsers load, each by a name such as `kit/treffpunkt.css`."""

    def __init__(self, assets_dir: Path) -> None:
        self._folders = {
            "kit": (KIT / "static", _KIT_FILES),
            "kern": (assets_dir / "@kern-ux/native/dist", _KERN_FILES),
            "htmx": (assets_dir / "htmx.org/dist", _HTMX_FILES),
        }

    def version(self, name: str) -> str:
        """The beginning of the content's SHA-256: it changes when the file does."""
        if name not in self._versions:
            raise FileNotFoundError(f"The asset {name} is not there. `make setup` fetches it.")
        return self._versions[name]

    def path(self, name: str) -> Path | None:
        """The file of an asset, or None for everything that browsers may not load."""
        return self._paths.get(name)

    @cached_property
    def _paths(self) -> dict[str, Path]:
        return {
            f"{prefix}/{path.relative_to(folder).as_posix()}": path
            for prefix, (folder, patterns) in self._folders.items()
            for pattern in patterns
            for path in folder.glob(pattern)
        }

    @cached_property
    def _versions(self) -> dict[str, str]:
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in self._paths.items()
        }


def mount_static(app: Starlette, service: str, assets_dir: Path = Path("node_modules")) -> None:
    """Serves the kit's files, KERN and htmx under `/{service}/static/`."""
    assets = Assets(assets_dir)

    def asset(request: Request) -> Response:
        return _asset(assets, request.path_params["name"], request)

    app.add_route(f"/{service}/static/{{name:path}}", asset, methods=["GET"], include_in_schema=False)


def _asset(assets: Assets, name: str, request: Request) -> Response:
    path = assets.path(name)
    if path is None:
        return PlainTextResponse("Not found", 404)
    version = assets.version(name)
    headers = {
        "ETag": f'"{version}"',
        "Cache-Control": FOREVER if request.query_params.get("v") == version else FOR_AN_HOUR,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers)


class Pages:
    """Renders the templates of one service."""

    def __init__(
        self,
        service: str,
        features: Sequence[str],
        *,
        site: Site | None = None,
        assets_dir: Path = Path("node_modules"),
        root: Path = i18n.ROOT,
    ) -> None:
        self._service = service
        self._site = site or Site()
        self._assets = Assets(assets_dir)
        self._loader = PrefixLoader(
            {
                "kit": FileSystemLoader(KIT / "templates"),
                **{
                    name: FileSystemLoader(root / "services" / service / name / "templates")
                    for name in features
                },
            }
        )
        # One environment for each language: imported macros see globals, and never a request's context.
        self._environments = {locale: self._environment(locale) for locale in i18n.LOCALES}

    def render(
        self,
        request: Request,
        name: str,
        /,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """The page in the reader's language, or the part of one that htmx swaps."""
        locale = locale_of(request)
        html = (
            self._environments[locale].get_template(name).render({**self._frame(request, locale), **context})
        )
        response = HTMLResponse(html, status, headers=_headers(locale, headers or {}))
        _remember_choice(request, response)
        return response

    def _frame(self, request: Request, locale: Locale) -> dict[str, object]:
        return {
            "request": request,
            "languages": _languages(request, locale),
            "nav": _open_to(getattr(request.state, "principal", None), self._site.nav),
            # The address by which the menus know where the reader is.
            "under": request.url.path,
        }

    def problem(self, request: Request, error: ProblemError, /, **context: Any) -> HTMLResponse:
        """The page for people that says what went wrong and where to go from here."""
        return self.render(request, "kit/error.html", error.status, error=error, **context)

    def _environment(self, locale: Locale) -> Environment:
        environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals |= self._globals(locale)
        return environment

    def _globals(self, locale: Locale) -> dict[str, object]:
        return {
            "_": partial(_gettext, locale),
            "ngettext": partial(_ngettext, locale),
            "locale": locale,
            "site": self._site,
            "static": self._static,
            "place_in": _place_in,
            "new_key": lambda: str(uuid4()),
            **_formatters(locale),
        }

    def _static(self, name: str) -> str:
        return f"/{self._service}/static/{name}?v={self._assets.version(name)}"


def _gettext(locale: Locale, msgid: str, /, **facts: object) -> str:
    """A sentence for HTML: it and its facts are escaped, so no translator writes markup."""
    text = escape(i18n.sentence(locale, str(msgid)))
    return text.format(**facts) if facts else text


def _ngettext(locale: Locale, singular: str, plural: str, n: int, /, **facts: object) -> str:
    return escape(i18n.plural_sentence(locale, singular, plural, n)).format(n=n, **facts)


def _open_to(principal: Principal | None, links: Sequence[Link]) -> list[Link]:
    return [
        link
        for link in links
        if link.right is None or (principal is not None and principal.organisations(link.right))
    ]


def _place_in(links: Sequence[Link], path: str) -> str | None:
    """The address of the entry under which a page stands, the closest one."""
    above = [link.href for link in links if f"{path}/".startswith(f"{link.href.rstrip('/')}/")]
    return max(above, key=len, default=None)


def _formatters(locale: Locale) -> dict[str, Callable[..., str]]:
    return {
        "date": partial(i18n.format_date, locale=locale),
        "time": partial(i18n.format_time, locale=locale),
        "instant": partial(i18n.format_instant, locale=locale),
        "interval": partial(i18n.format_interval, locale=locale),
        "times": partial(i18n.format_times, locale=locale),
        "number": partial(i18n.format_number, locale=locale),
        "localised": partial(i18n.localised, locale=locale),
        "duration": i18n.format_duration,
    }


def locale_of(request: Request) -> Locale:
    """The language to answer this request in: `?lang=`, then the cookie, then what the browser asks for."""
    return i18n.negotiate(
        request.headers.get("accept-language"), request.cookies.get("lang"), request.query_params.get("lang")
    )


def _headers(locale: Locale, more: Mapping[str, str]) -> dict[str, str]:
    return {
        # What a page shows depends on who asks; a page for everybody says so with headers of its own.
        "Cache-Control": "private, no-cache",
        "Content-Language": locale,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Referrer-Policy": REFERRER_POLICY,
        "Vary": "Accept-Language, Cookie",
        "X-Content-Type-Options": "nosniff",
        **more,
    }


def _remember_choice(request: Request, response: Response) -> None:
    chosen = request.query_params.get("lang")
    if chosen in i18n.LOCALES:
        secure = request.url.scheme == "https"
        response.set_cookie("lang", chosen, ONE_YEAR_IN_SECONDS, secure=secure, httponly=True, samesite="lax")


def _languages(request: Request, current: Locale) -> list[dict[str, object]]:
    """The language switch: this page in each language."""
    return [
        {
            "code": locale,
            "name": i18n.LANGUAGE_NAMES[locale],
            "href": _without_origin(_shown_at(request).include_query_params(lang=locale)),
            "is_current": locale == current,
        }
        for locale in i18n.LOCALES
    ]


def _shown_at(request: Request) -> URL:
    """Where this page can be read again: the answer to a form stands at the page that had the form."""
    came_from = URL(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.url.netloc
    return came_from if request.method == "POST" and is_ours else request.url


def _without_origin(url: URL) -> str:
    # A browser reads two slashes at the beginning as the name of another site.
    path = "/" + url.path.lstrip("/")
    return f"{path}?{url.query}" if url.query else path
