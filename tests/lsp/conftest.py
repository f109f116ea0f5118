"""One server for all tests: what an editor is in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lsp.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    """An editor, whose server ends well and has had no error."""
    editor = Client()
    yield editor
    code, said = editor.end()
    assert code == 0
    assert said.count("Traceback") == said.count("JsonRpcInvalidParams: ")  # refused renames
    assert editor.errors == []
