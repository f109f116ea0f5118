"""The page on tables can be followed literally."""

import re
from pathlib import Path

import pytest

from tests.docs.following import followed, page

PAGE = page("tables.md")
STRICT = re.findall(r"^\$ (.*)$", PAGE, flags=re.MULTILINE)[-1]


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = followed(PAGE, monkeypatch, capsys, fails=STRICT)
    spec = (tmp_path / "customers.yaml").read_text(encoding="utf-8")
    (written,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert written in spec
    (folds,) = (text for words, text in said.items() if "--folds" in words)
    assert all(f"fold {number}" in folds for number in range(1, 6))
    assert "minutes: 125 of 3,000 values were missing" in said["modelspec train customers.yaml"]
    answers = (tmp_path / "answers.csv").read_text().splitlines()
    assert (len(answers), answers[0]) == (3001, "leaves,leaves_probability_yes")
    assert len(list((tmp_path / "runs" / "customers").glob("2*/report.html"))) == 3
