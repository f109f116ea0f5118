"""What there is to take, also inside control groups."""

from pathlib import Path

import pytest

from modelspec.memory import available, available_memory


def test_it_is_some_of_the_machine() -> None:
    assert 1 << 20 < available_memory() < 1 << 50


def test_a_group_leaves_its_limit_less_what_is_used_and_cannot_be_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text("5000000\n")
    (tmp_path / "memory.current").write_text("3000000\n")
    (tmp_path / "memory.stat").write_text("anon 2000000\ninactive_file 1000000\n")
    monkeypatch.setattr(available, "GROUPS", tmp_path)
    assert available_memory() == 3_000_000


def test_a_group_without_a_limit_leaves_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    monkeypatch.setattr(available, "GROUPS", tmp_path)
    assert available_memory() > 1 << 20
