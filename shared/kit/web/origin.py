"""Forms are taken from our own pages only (cross-site request forgery).

After OWASP's advice on Fetch Metadata: browsers say where a request comes from, and no page can
forge that. Together with SameSite cookies no token in the form is needed.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SameOriginForms:
    """Refuses a request that changes something when a browser says it comes from another site."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self.host = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and self._is_foreign(scope):
            await PlainTextResponse("This form was sent from another site.", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if "authorization" in headers:
            return False  # A token is never sent by a browser on its own.
        fetch_site = headers.get("sec-fetch-site")
        if fetch_site is not None:
            return fetch_site not in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc not in {self.host, headers.get("host")}
