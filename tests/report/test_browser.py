"""The page in a real browser, where there is one: nothing sticks out, nothing is refused."""

from pathlib import Path
from shutil import which
from subprocess import run

import pytest

import modelspec
from modelspec.report import Output, page
from modelspec.report.contents import Classes
from modelspec.report.study import (
    Column,
    Objective,
    StudyContents,
    TrialContents,
    study_page,
)
from tests.report.pages import contents, outputs

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
SPEC = Path(__file__).parents[2] / "specs/social.yaml"
FRAME = """<iframe src="report.html" style="border:0;width:{width}px;height:900px"></iframe>
<script>onload = () => {{
  const root = document.querySelector("iframe").contentDocument.documentElement;
  document.title = `width ${{root.scrollWidth}}, ${{root.querySelectorAll("svg").length}} drawings`;
}}</script>"""


pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_its_window(tmp_path: Path, width: int) -> None:
    names = [f"a class with a rather long name {n}" for n in range(25)]
    pairs = {(n, m): 1000 * n + m for n in range(25) for m in range(25)}
    wide = Output("d", "categorical_crossentropy", Classes(names, pairs))
    diagram = modelspec.load(str(SPEC)).draw().decode()
    long = "x" * 300
    text = page(
        contents(
            name=long, description=long, spec=long, diagram=diagram, outputs=[*outputs(), wide]
        )
    )
    _check(text, 15, tmp_path, width)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_a_study_fits_its_window(tmp_path: Path, width: int) -> None:
    long = "layers.a_rather_long_name_of_a_block.kernel_regularizer"
    columns = [Column(f"{long}.{n}", ("x" * 80, "y")) for n in range(12)]
    trials = [
        TrialContents(
            number=number,
            status="complete" if number % 3 else "pruned",
            why=long,
            values={each.path: each.choices[number % 2] for each in columns},
            objectives={"val_accuracy": number / 60, "parameters": 10.0**number},
            history=[{"epoch": 1, "val_accuracy": 0.5}, {"epoch": 2, "val_accuracy": 0.6}],
            parameters=1000,
        )
        for number in range(1, 60)
    ]
    ordered = [each.number for each in reversed(trials) if each.number % 3]
    text = study_page(
        StudyContents(
            name=long * 3,
            folder=long,
            objectives=[Objective("val_accuracy", True), Objective("parameters", False)],
            columns=columns,
            trials=trials,
            ordered=ordered,
            front=ordered[:3],
            best=ordered[0],
            importance={each.path: 1 / 12 for each in columns},
        )
    )
    _check(text, 15, tmp_path, width)


def _check(text: str, least: int, tmp_path: Path, width: int) -> None:
    """See to it that a page of so many drawings at least fits, and that nothing is refused."""
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width))
    done = run(
        [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
            "--allow-file-access-from-files", "--enable-logging=stderr", "--hide-scrollbars",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000", frame.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )  # fmt: skip
    drawings = text.count("<svg")
    assert drawings > least
    assert f"<title>width {width}, {drawings} drawings</title>" in done.stdout
    assert "Refused" not in done.stderr
    assert "CONSOLE" not in done.stderr
