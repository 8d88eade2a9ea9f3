"""Headers that tell browsers to load nothing from elsewhere and to tell nothing to others."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POSTED_SECURITY_HEADERS", "SECURITY_HEADERS", "SecurityHeadersMiddleware"]

SECURITY_HEADERS = {
    # GraphiQL's style sheet carries its fonts and pictures as data: URLs.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "font-src 'self' data:; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


POSTED_SECURITY_HEADERS = ((b"x-content-type-options", b"nosniff"),)
"""The same for the answer to a POST in JSON. No page can show it: a form cannot send JSON, and a
script that can does not render what it gets. So there is nothing to frame, load or refer from."""


class SecurityHeadersMiddleware:
    """Adds ``SECURITY_HEADERS`` to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, and add the headers as its response starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)
