"""Opening a storage by its URL."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelspec.diagnostics.extras import require
from modelspec.tuning.errors import StorageError
from modelspec.tuning.proposing.samplers import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optuna.storages import BaseStorage

GRPC = "grpc"
DRIVERS = {"postgresql": "psycopg", "postgresql+psycopg": "psycopg"}
"""The package that a kind of database needs, by how its URL begins."""
READY_SECONDS = 10.0
OPENED, OPEN_AGAIN = 3, 1.0
"""How often a database is opened, and how many seconds apart."""


def open_storage(url: str) -> BaseStorage:
    """Open a storage.

    Args:
        url: `postgresql://USER:PASSWORD@HOST/DATABASE`, `sqlite:///FILE`, or `grpc://HOST:PORT` of
            Optuna's proxy.

    Raises:
        StorageError: It cannot be reached, or the URL is of no storage.
        MissingPackageError: Its driver is not installed.
    """
    require("optuna", "a search")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise StorageError(f"`{url}` is no URL: {error}") from error
    if parts.scheme == GRPC:
        require("grpc", "a storage of `grpc://`")
        return _proxy(parts.hostname or "localhost", port or 13000)
    if parts.scheme not in DRIVERS and not parts.scheme.startswith("sqlite"):
        raise StorageError(
            f"`{_shown(url)}` is no storage: give `postgresql://USER:PASSWORD@HOST/DATABASE`, "
            "`sqlite:///FILE` or `grpc://HOST:PORT`"
        )
    if parts.scheme in DRIVERS:
        require(DRIVERS[parts.scheme], "a storage of `postgresql://`")
        url = url.replace(f"{parts.scheme}://", "postgresql+psycopg://", 1)
    return _database(url)


def _database(url: str) -> BaseStorage:
    """A database. Two machines that make its tables at once get in each other's way once."""
    from optuna.storages import RDBStorage, get_storage

    for tries_left in reversed(range(OPENED)):
        try:
            with reached(), quiet():
                return get_storage(RDBStorage(url, engine_kwargs={"pool_pre_ping": True}))
        except StorageError:
            if not tries_left:
                raise
            time.sleep(OPEN_AGAIN)
    raise AssertionError


def _proxy(host: str, port: int) -> BaseStorage:
    from optuna.storages import GrpcStorageProxy

    with quiet():
        proxy = GrpcStorageProxy(host=host, port=port)
        try:
            proxy.wait_server_ready(timeout=READY_SECONDS)
        except Exception as error:
            raise StorageError(f"nothing answers at `grpc://{host}:{port}`") from error
    return proxy


@contextmanager
def reached() -> Iterator[None]:
    """Say in one line that a storage cannot be reached, wherever that is found.

    Raises:
        StorageError: In the place of what databases and proxies raise.
    """
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    kinds: tuple[type[Exception], ...] = (StorageInternalError, SQLAlchemyError)
    try:
        from grpc import RpcError

        kinds = (*kinds, RpcError)
    except ImportError:
        pass
    try:
        yield
    except kinds as error:
        raise StorageError(f"the storage cannot be used: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error.__cause__ or error
    return str(cause).strip().partition("\n")[0]


def _shown(url: str) -> str:
    """A URL without its password."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":...@") if parts.password else url
