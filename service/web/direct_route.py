"""The way of nearly every request to the GraphQL route: past routing and middleware."""

from collections.abc import Sequence

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.web.graphql_http import GraphQLRoute
from service.web.problems import client_gone, unexpected_problem
from service.web.security_headers import POSTED_SECURITY_HEADERS

__all__ = ["DirectRoute"]


class DirectRoute:
    """Hands a plain POST to ``path`` to the GraphQL route itself, all else to the application.

    Plain means that no middleware has anything to do with it: its host is one of the trusted
    names as they are written, and it bears no ``Origin`` where origins are told apart. What is
    answered is the same either way, and found in three quarters of the time; only the headers that
    are about pages are left out here.
    """

    def __init__(
        self,
        app: ASGIApp,
        route: GraphQLRoute,
        *,
        path: str,
        trusted_hosts: Sequence[str],
        knows_origins: bool,
    ) -> None:
        self._app = app
        self._route = route
        self._path = path
        self._hosts = {host.lower() for host in trusted_hosts if "*" not in host}
        self._trusts_any = "*" in trusted_hosts
        self._knows_origins = knows_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain request here, and pass on all others."""
        if scope["type"] != "http" or scope["path"] != self._path or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not self._is_plain(request):
            await self._app(scope, receive, send)
            return
        try:
            response = await self._route.respond(request)
        except ClientDisconnect as error:
            response = client_gone(request, error)
        except Exception as error:  # noqa: BLE001  as the outermost middleware would
            response = unexpected_problem(request, error)
        response.raw_headers.extend(POSTED_SECURITY_HEADERS)
        await response(scope, receive, send)

    def _is_plain(self, request: Request) -> bool:
        if self._knows_origins and "origin" in request.headers:
            return False
        if self._trusts_any:
            return True
        name, colon, port = request.headers.get("host", "").partition(":")
        has_form = not colon or (port.isascii() and port.isdigit())
        return has_form and name.lower() in self._hosts
