"""What a mistyped name or path may have meant."""

from pathlib import Path

import pytest

from modelspec.diagnostics import near_path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs" / "deep").mkdir(parents=True)
    (tmp_path / "specs" / "digits.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("spcs", "specs"),
        ("spcs/", "specs"),
        ("specs/digts.yaml", "specs/digits.yaml"),
        ("spcs/digits.yaml", "specs/digits.yaml"),
        ("spcs/digts.yml", "specs/digits.yaml"),
        ("specs/dep/../digts.yaml", "specs/deep/../digits.yaml"),
        ("specs/unlike", None),
        ("unlike/digits.yaml", None),
        ("specs/digits.yaml/x", None),
        ("specs/\0igits.yaml", "specs/digits.yaml"),
        ("", None),
    ],
)
@pytest.mark.usefixtures("folder")
def test_each_part_of_a_path_is_mended(written: str, near: str | None) -> None:
    assert near_path(written) == near


def test_an_absolute_path_stays_one(folder: Path) -> None:
    assert near_path(folder / "spcs" / "digits.yaml") == str(folder / "specs" / "digits.yaml")
