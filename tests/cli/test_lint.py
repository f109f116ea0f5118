"""`modelspec lint`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD
from tests.cli.running import Run, run_apart

WARNED = GOOD.replace("categorical_crossentropy", "binary_crossentropy")


def test_a_fine_spec_is_said_to_be_fine(run: Run, good: str) -> None:
    assert run("lint", good) == (0, "", "good.yaml: fine\n")


def test_all_errors_are_shown_with_their_lines(run: Run, bad: str) -> None:
    ran = run("lint", bad)
    assert ran.code == 1
    assert ran.err == "2 errors in 1 file\n"
    first, second = ran.out.split("\n\n")
    assert first.startswith("bad.yaml:1:10 error[bad-name]: ")
    assert second.startswith("bad.yaml:3:22 error[unknown-key]: ")
    assert "    3 |   fc1: {type: Dense, unit: 32, activation: relu}\n" in second
    assert "      |                      ^^^^" in second


def test_warnings_fail_only_when_strict(run: Run, tmp_path: Path, good: str) -> None:
    Path("warned.yaml").write_text(WARNED)
    plain, strict = run("lint", "warned.yaml"), run("lint", "--strict", "warned.yaml")
    assert plain.out == strict.out
    assert "warning[loss-activation]" in plain.out
    assert (plain.code, strict.code) == (0, 1)
    assert plain.err == "1 warning in 1 file\n"


def test_findings_are_selected_and_ignored(run: Run, bad: str) -> None:
    assert run("lint", bad, "--select", "MS210", "--format", "concise").out.count("\n") == 1
    assert run("lint", bad, "--select", "MS2").err == "2 errors in 1 file\n"
    assert run("lint", bad, "--ignore", "bad-name,MS201") == (0, "", "bad.yaml: fine\n")


def test_formats_are_written_to_standard_output(run: Run, bad: str, good: str) -> None:
    found = json.loads(run("lint", bad, good, "--format", "json").out)
    assert [entry["code"] for entry in found] == ["MS210", "MS201"]
    assert json.loads(run("lint", good, "--format", "json").out) == []
    assert json.loads(run("lint", bad, "--format", "sarif").out)["version"] == "2.1.0"
    assert run("lint", bad, "--format", "github").out.startswith("::error file=bad.yaml,line=1,")
    assert run("lint", bad, "--format", "concise").out.startswith("bad.yaml:1:10 MS210 bad-name: ")


def test_folders_are_searched_for_specs(run: Run, good: str, tmp_path: Path) -> None:
    (tmp_path / "deep" / ".hidden").mkdir(parents=True)
    (tmp_path / "deep" / "b.yml").write_text(GOOD)
    (tmp_path / "deep" / "other.yaml").write_text("stages: [a, b]\nx: {layers: 3}\n")
    (tmp_path / "deep" / ".hidden" / "c.yaml").write_text("layers: broken")
    assert run("lint", ".") == (0, "", "2 files: fine\n")
    said = run("lint", ".", "deep/b.yml", "--verbose").err
    assert "deep/other.yaml: passed over, no line begins with `layers:`\n" in said
    assert "2 files: fine" in said
    assert run("lint", "deep/.hidden").code == 1
    (tmp_path / "empty").mkdir()
    assert run("lint", "empty").code == 2


def test_a_finding_in_a_block_file_is_shown_once(run: Run, good: str) -> None:
    Path("block.yaml").write_text(
        "inputs: [x]\nlayers: {a: {type: Dense, unit: 3}}\noutputs: [a]\n"
    )
    Path("top.yaml").write_text(
        "inputs: {x: [3]}\nblocks: {b: ./block.yaml}\nlayers: {a: b}\noutputs: [a]\n"
    )
    found = json.loads(run("lint", "block.yaml", "top.yaml", "--format", "json").out)
    assert [(entry["file"], entry["code"]) for entry in found] == [
        ("block.yaml", "MS202"),
        ("block.yaml", "MS201"),
    ]


def test_standard_input_is_a_file_of_any_name() -> None:
    ran = run_apart("lint", "-", text=GOOD.encode())
    assert (ran.code, ran.err) == (0, "<stdin>: fine\n")
    broken = GOOD.replace("Dense", "Dens").encode()
    ran = run_apart("lint", "-", "--stdin-filename", "a/b.yaml", text=broken)
    assert ran.out.startswith("a/b.yaml:3:15 error[unknown-type]: ")
    assert "    3 |   fc1: {type: Dens, " in ran.out
    assert run_apart("lint", "-", text=b"\x00\xff junk").code == 1


def test_overrides_are_checked_like_the_file(run: Run, good: str) -> None:
    assert run("lint", good, "--set", "layers.fc1.units=16").code == 0
    ran = run("lint", good, "--set", "layers.fc1.units=none")
    assert ran.code == 1
    assert ran.out.startswith("--set layers.fc1.units=none:1:18 error[wrong-type]: ")
    assert "    1 | layers.fc1.units=none\n      |                  ^^^^" in ran.out


def test_colours_are_for_terminals_only(run: Run, bad: str) -> None:
    assert "\x1b" not in run("lint", bad).out
    ran = run_apart("lint", bad, env={"FORCE_COLOR": "1"})
    assert "\x1b" not in ran.out


def test_fixes_mend_the_file_and_keep_its_comments(run: Run, good: str) -> None:
    Path("mend.yaml").write_text("# kept\n" + GOOD.replace("units: 32", "unit: 32  # too\n   "))
    ran = run("lint", "mend.yaml", "--fix")
    assert ran.code == 0, ran.out
    assert "mended unknown-key" in ran.err
    text = Path("mend.yaml").read_text()
    assert text == "# kept\n" + GOOD.replace("units: 32", "units: 32  # too\n   ")


def test_what_mending_brings_to_light_is_mended_too(run: Run, good: str) -> None:
    Path("mend.yaml").write_text(GOOD.replace("type: Dense, units: 32", "typ: Dens, unit: 32"))
    assert run("lint", "mend.yaml", "--fix").code == 0
    assert Path("mend.yaml").read_text() == GOOD


@pytest.mark.parametrize("name", ["sequential", "qa", "residual", "social"])
def test_the_specs_of_the_project_are_fine(run: Run, name: str) -> None:
    assert run("lint", f"specs/{name}.yaml", "--strict").code == 0
