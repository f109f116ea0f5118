"""Opening a storage by its URL."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelspec.diagnostics.extras import require
from modelspec.tuning.errors import StorageError
from modelspec.tuning.quiet_optuna import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optuna.storages import BaseStorage

GRPC = "grpc"
DRIVERS = {"postgresql": "psycopg", "postgresql+psycopg": "psycopg"}
"""The package that a kind of database needs, by how its URL begins."""
_OPTION = re.compile(r"([?&](?:ssl)?password=)[^&#]*", re.IGNORECASE)
_ESCAPED = (
    "in a password, write `%40` for `@`, `%23` for `#`, `%2F` for `/`, `%3A` for `:`; or leave "
    "it out, and set `PGPASSWORD`"
)
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
    except ValueError:
        parts, port = None, None
    if parts is None or parts.netloc.count("@") > 1:
        raise StorageError(f"`{without_password(url)}` is no URL; {_ESCAPED}") from None
    if parts.scheme == GRPC:
        require("grpc", "a storage of `grpc://`")
        return _proxy(parts.hostname or "localhost", port or 13000)
    if parts.scheme not in DRIVERS and not parts.scheme.startswith("sqlite"):
        raise StorageError(
            f"`{without_password(url)}` is no storage: give "
            "`postgresql://USER:PASSWORD@HOST/DATABASE`, `sqlite:///FILE` or `grpc://HOST:PORT`"
        )
    if url.rstrip("/") in ("sqlite:", "sqlite:///:memory:"):
        raise StorageError(f"`{url}` is kept nowhere: name its file, `sqlite:///FILE`")
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


def without_password(url: str) -> str:
    """A URL as it may be told: with `PASSWORD` in place of a password, however it is written."""
    if url.startswith("sqlite"):
        return url
    before, slashes, rest = url.partition("://") if "://" in url else ("", "", url)
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    masked = f"{user}:PASSWORD" if colon else login
    return _OPTION.sub(r"\1PASSWORD", f"{before}{slashes}{masked}{at}{host}")
