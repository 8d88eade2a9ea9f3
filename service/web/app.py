"""The web application: which path is answered by what."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from service.execution.engine import Engine
from service.web.data_source import DataSource
from service.web.direct_route import DirectRoute
from service.web.equal_requests import EqualRequests
from service.web.graphiql import graphiql_page, read_examples
from service.web.graphql_http import METHODS, RETRY_AFTER, GraphQLRoute
from service.web.metrics import METRICS_TYPE, metrics_text
from service.web.problems import client_gone, http_problem, unexpected_problem
from service.web.security_headers import SecurityHeadersMiddleware

__all__ = ["MAX_BODY_BYTES", "create_app"]

MAX_BODY_BYTES = 256 * 1024

_GRAPHQL = "/graphql"
_HERE = Path(__file__).parent


def create_app(
    engine: Engine,
    data: DataSource,
    *,
    operations: Traversable | None = None,
    allowed_hosts: Sequence[str] = ("*",),
    cors_origins: Sequence[str] = (),
    max_body_bytes: int = MAX_BODY_BYTES,
    response_bytes: int = 64 << 20,
) -> ASGIApp:
    """Return the application that answers for ``engine`` over ``data``.

    GraphiQL opens on the operations in the folder ``operations``: by default, those that the
    package ships. ``response_bytes`` bounds the responses that are kept for equal requests.
    """
    template = (_HERE / "templates" / "graphiql.html").read_text(encoding="utf-8")
    page = graphiql_page(template, read_examples(operations or files("service") / "operations"))
    graphql = GraphQLRoute(engine, data, page, max_body_bytes)
    sdl = engine.sdl

    async def schema(_request: Request) -> Response:
        return PlainTextResponse(sdl)

    async def metrics(_request: Request) -> Response:
        return Response(metrics_text(engine.counts), media_type=METRICS_TYPE)

    async def readiness(_request: Request) -> Response:
        return _readiness(data)

    app = Starlette(
        routes=[
            Route(_GRAPHQL, graphql.respond, methods=METHODS),
            Route("/", _home),
            Route("/livez", _liveness),
            Route("/readyz", readiness),
            Route("/metrics", metrics),
            Route("/schema.graphql", schema),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        middleware=_middleware(allowed_hosts, cors_origins),
        exception_handlers={
            HTTPException: http_problem,
            ClientDisconnect: client_gone,
            Exception: unexpected_problem,
        },
    )
    # Such a redirect would send the client to whatever its Host header says.
    app.router.redirect_slashes = False
    direct = DirectRoute(
        app,
        graphql,
        path=_GRAPHQL,
        trusted_hosts=allowed_hosts,
        knows_origins=bool(cors_origins),
    )
    return EqualRequests(direct, data, engine.counts, path=_GRAPHQL, max_bytes=response_bytes)


def _middleware(allowed_hosts: Sequence[str], cors_origins: Sequence[str]) -> list[Middleware]:
    middleware = [
        Middleware(SecurityHeadersMiddleware),
        Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts, www_redirect=False),
    ]
    if cors_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Content-Type"],
            )
        )
    return middleware


async def _home(_request: Request) -> Response:
    return RedirectResponse("graphql")


async def _liveness(_request: Request) -> Response:
    return _json({"alive": True})


def _readiness(data: DataSource) -> Response:
    """Return whether queries can be answered, and from which data."""
    version = data.data_version
    body = {"ready": version is not None, "dataVersion": version, "reloadError": data.reload_error}
    if version is None:
        return _json(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY_AFTER)
    return _json(body)


def _json(
    body: Mapping[str, object],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
