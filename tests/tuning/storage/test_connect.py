"""URLs of storages: which are none, and that no password is told."""

from __future__ import annotations

import pytest

from modelspec.tuning.errors import StorageError
from modelspec.tuning.storage.connect import open_storage, without_password

SECRET = "sekrit"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://me:se#{SECRET}@host/db",
        f"postgresql://me:[{SECRET}@host/db",
        f"postgresql://me:{SECRET}@host:port/db",
        f"postgresql://me:p@{SECRET}@host/db",
        f"mysql://me:{SECRET}@host/db",
        f"mysql://host/db?password={SECRET}",
        f"redis://:{SECRET}@host",
        f"me:{SECRET}@host/db",
        f"mysql:me:a:b/{SECRET}@host/db",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_what_is_no_storage_is_refused_without_its_password(url: str) -> None:
    """However it is written, and wherever it stands."""
    with pytest.raises(StorageError) as error:
        open_storage(url)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"postgresql://me:{SECRET}@host:1/db", "postgresql://me:PASSWORD@host:1/db"),
        (f"postgresql://me@host/db?a=1&password={SECRET}&b=2", None),
        ("postgresql://me@host:5432/db?host=/tmp/x", "postgresql://me@host:5432/db?host=/tmp/x"),
        ("postgresql://host:5432/db", "postgresql://host:5432/db"),
        ("grpc://host:13000", "grpc://host:13000"),
        ("sqlite:///some:where/a@b.db", "sqlite:///some:where/a@b.db"),
    ],
)
def test_a_url_is_told_without_its_password(url: str, told: str | None) -> None:
    """All else stays, so that the command that goes on can be read."""
    expected = told or "postgresql://me@host/db?a=1&password=PASSWORD&b=2"
    assert without_password(url) == expected
