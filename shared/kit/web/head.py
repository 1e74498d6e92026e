"""HEAD (RFC 9110, 9.3.2): what GET would answer, without its content.

Mail scanners and link checkers ask so before people do. FastAPI's routes know only GET, and the route
would be asked for a method that no handler has to know.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Asks the application with GET and lets the head of its answer through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            # The length that GET would have stays in the headers.
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_head)
