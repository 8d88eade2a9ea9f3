"""The query compiler alone, over the very objects and resolvers of the Strawberry peer.

No type of them says what it is the same as, so nothing of an answer is kept for another one: each
is built anew from its leaves, as the other servers build theirs.
"""

import strawberry

from benchmarks.peers.strawberry_app import QUERY, TYPES
from service.execution.engine import Engine
from service.web.app import create_app


class _Exported:
    """Data that never change; the context of every request as well."""

    data_version = version = "exported"
    reload_error = None

    def open_context(self) -> "_Exported":
        """Return the context of one request."""
        return self


app = create_app(Engine(strawberry.Schema(query=QUERY, types=TYPES)), _Exported())
