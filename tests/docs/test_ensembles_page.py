"""The page on ensembles can be followed literally."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.docs.following import followed, page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PAGE = page("ensembles.md")
FILES = re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    followed(PAGE, monkeypatch, capsys)
    (layers,) = re.findall(r"```\n(layers:\n.*?)```", PAGE, flags=re.DOTALL)
    made = min((tmp_path / "runs" / "wide_ensemble").glob("2*/ensemble.json"))
    assert layers in made.with_name("spec.yaml").read_text(encoding="utf-8")
    head = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "diagnosis,diagnosis_probability_malignant,diagnosis_spread"
