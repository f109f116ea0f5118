"""`modelspec lint` of a spec with a search space."""

from pathlib import Path

import pytest

from tests.cli.running import Run, run_apart

CLASH = """\
params: {n: 3}
inputs: {x: [32, 4]}
layers:
  c: {type: Conv1D, filters: $n, kernel_size: 3, activation: relu}
  p: {type: MaxPooling1D, pool_size: 2}
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
tune:
  search:
    layers.c.kernel_size: [3, 25]
    layers.p.pool_size: [2, 9]
"""
LARGE = CLASH + "    params.n: {int: [1, 64]}\n"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)


def test_a_small_space_is_proved(run: Run) -> None:
    Path("s.yaml").write_text(CLASH)
    ran = run("lint", "s.yaml", "--format", "concise")
    assert (ran.code, ran.err) == (1, "1 error in 1 file\n")
    assert ran.out.startswith("s.yaml:12:29 MS712 clashing-values: `layers.c.kernel_size: 25` can")


def test_a_large_one_when_it_is_asked_for(run: Run) -> None:
    Path("s.yaml").write_text(LARGE)
    plain, whole = run("lint", "s.yaml"), run("lint", "s.yaml", "--space")
    assert (plain.code, plain.out) == (0, "")
    assert plain.err == (
        "s.yaml: fine\ns.yaml: its search space was not looked at; `modelspec lint --space` does\n"
    )
    assert (whole.code, whole.err) == (1, "1 error in 1 file\n")
    assert "note: with this value" in whole.out


def test_overrides_reach_the_candidates(run: Run) -> None:
    Path("s.yaml").write_text(CLASH)
    assert run("lint", "s.yaml", "--set", "inputs.x=[64, 4]").code == 0
    assert run("lint", "s.yaml", "--set", "tune.invalid=skip").code == 0
    assert run("lint", "s.yaml", "--set", "tune.invalid=skip", "--strict").code == 1
    assert run("lint", "s.yaml", "--ignore", "MS712").code == 0


def test_standard_input_is_proved_too() -> None:
    ran = run_apart("lint", "-", "--format", "concise", text=CLASH.encode())
    assert ran.code == 1
    assert ran.out.startswith("<stdin>:12:29 MS712")
