"""`modelspec plot`."""

from pathlib import Path

import pytest

from tests.cli.running import Run, run_apart

BEGINNINGS = {
    "svg": b"<svg",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "dot": b"digraph",
    "mmd": b"flowchart",
    "html": b"<!",
}


def test_a_diagram_is_named_after_its_spec(run: Run, good: str) -> None:
    assert run("plot", good) == (0, "wrote good.svg\n", "")
    assert b"<svg" in Path("good.svg").read_bytes()


@pytest.mark.parametrize("ending", BEGINNINGS)
def test_the_ending_says_the_format(run: Run, good: str, ending: str) -> None:
    assert run("plot", good, "-o", f"no/x.{ending}").code == 2
    assert run("plot", good, "-o", f"x.{ending}", "-o", "second.svg").code == 0
    assert BEGINNINGS[ending] in Path(f"x.{ending}").read_bytes()[:400]
    assert Path("second.svg").exists()


def test_the_format_can_be_said(run: Run, good: str) -> None:
    assert run("plot", good, "--format", "mermaid").out == "wrote good.mmd\n"
    ran = run_apart("plot", good, "--format", "dot", "-o", "-")
    assert ran.out.strip().startswith(("digraph", "//"))
    ran = run("plot", good, "-o", "x.jpeg")
    assert ran.code == 2
    assert "the ending of `x.jpeg` is none of .svg, " in ran.err


def test_a_spec_with_errors_is_drawn_and_is_1(run: Run, good: str) -> None:
    text = Path(good).read_text() + "edges: [x -> fc1 -> fc2, x -> fc3]\n"
    Path("broken.yaml").write_text(text)
    ran = run("plot", "broken.yaml", "-o", "broken.svg")
    assert ran.code == 1
    assert ran.out == "wrote broken.svg\n"
    assert "error[undefined-name]" in ran.err
    assert Path("broken.svg").exists()


def test_what_is_no_spec_is_not_drawn(run: Run, good: str) -> None:
    Path("no.yaml").write_text("a: [")
    assert run("plot", "no.yaml").code == 1
    assert not Path("no.svg").exists()


def test_a_file_is_replaced_whole_and_keeps_its_permissions(run: Run, good: str) -> None:
    Path("kept.svg").write_text("old")
    Path("kept.svg").chmod(0o640)
    Path("link.svg").symlink_to("kept.svg")
    assert run("plot", good, "-o", "link.svg").code == 0
    assert Path("link.svg").is_symlink()
    assert Path("kept.svg").stat().st_mode & 0o777 == 0o640
    assert b"<svg" in Path("kept.svg").read_bytes()
    assert sorted(path.name for path in Path().iterdir()) == ["good.yaml", "kept.svg", "link.svg"]
