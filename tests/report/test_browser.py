"""The page in a real browser, where there is one: nothing sticks out, nothing is refused."""

from pathlib import Path
from shutil import which
from subprocess import run

import pytest

import modelspec
from modelspec.report import Output, page
from modelspec.report.contents import Classes
from tests.report.pages import contents, outputs

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
SPEC = Path(__file__).parents[2] / "specs/social.yaml"
FRAME = """<iframe src="report.html" style="border:0;width:{width}px;height:900px"></iframe>
<script>onload = () => {{
  const root = document.querySelector("iframe").contentDocument.documentElement;
  document.title = `width ${{root.scrollWidth}}, ${{root.querySelectorAll("svg").length}} drawings`;
}}</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
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
    assert drawings > 15
    assert f"<title>width {width}, {drawings} drawings</title>" in done.stdout
    assert "Refused" not in done.stderr
    assert "CONSOLE" not in done.stderr
