"""The application as it is served: the schema over the snapshot that the settings name."""

import gc
import logging
import time
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp

from service.errors import NotReadyError, SnapshotError
from service.execution.engine import Engine
from service.schema.context import RequestContext
from service.schema.query import create_schema
from service.settings import Settings
from service.snapshot import open_snapshot
from service.store.memory import MemoryStore
from service.web.app import create_app

__all__ = ["LoadedData", "served_app"]

logger = logging.getLogger(__name__)


class LoadedData:
    """The snapshot of a folder, opened once; satisfies ``service.web.data_source.DataSource``.

    Where it cannot be opened the service runs without data and says so at ``/readyz``.
    """

    def __init__(self, folder: Path) -> None:
        self._store: MemoryStore | None = None
        self._reload_error: str | None = None
        self._loaded_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._context: RequestContext | None = None
        self._until = 0.0
        try:
            self._store = MemoryStore(open_snapshot(folder))
        except SnapshotError:
            logger.exception("no data")
            self._reload_error = "no snapshot could be loaded; the log says why"

    @property
    def data_version(self) -> str | None:
        """The version that requests see; None while nothing is loaded."""
        return self._store.data_version if self._store else None

    @property
    def version(self) -> Hashable | None:
        """All that answers depend on besides the request; None while nothing is loaded."""
        context = self._todays()
        return context.version if context else None

    @property
    def reload_error(self) -> str | None:
        """Why no snapshot could be taken, in words fit for anyone."""
        return self._reload_error

    def open_context(self) -> RequestContext:
        """Return the context of one request: the same for all of one day."""
        context = self._todays()
        if context is None:
            raise NotReadyError("no data are loaded yet")
        return context

    def _todays(self) -> RequestContext | None:
        if self._store is not None and time.time() >= self._until:
            today = datetime.now(UTC).date()
            midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
            self._context = RequestContext(self._store, self._loaded_at, today)
            self._until = midnight.timestamp()
        return self._context


def served_app() -> ASGIApp:
    """Return the application that the environment's settings describe; one for each worker."""
    settings = Settings.from_environment()
    kept_bytes = settings.cache_mib << 20
    engine = Engine(
        create_schema(),
        compiled=settings.compile,
        answer_bytes=kept_bytes,
        part_bytes=kept_bytes,
    )
    data = LoadedData(settings.data)
    app = create_app(
        engine,
        data,
        allowed_hosts=settings.trusted_hosts,
        cors_origins=settings.cors_origins,
        response_bytes=kept_bytes,
    )
    # What is there now stays until the process ends: no need to look for garbage in it.
    gc.collect()
    gc.freeze()
    return app
