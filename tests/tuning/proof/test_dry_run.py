"""What a dry run says."""

from modelspec.lint import examine
from modelspec.tuning.proof.dry_run import DryRun, dry_run, is_cheap

TEXT = """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune:
  search:
    layers.h.units: {int: [1, 10]}
  limits: {parameters: 41, flops: 900}
"""


def run(text: str = TEXT, trials: int | None = None, window: int = 1) -> DryRun:
    found = dry_run(examine("spec.yaml", text=text), trials=trials, window=window)
    assert found is not None
    return found


def test_a_small_space() -> None:
    assert run(window=4).lines() == [
        "space       1 path, 10 combinations",
        "looked at   10 candidates, which are all",
        "sound       100 %, 10 of 10",
        "within      40 %, 4 of 10: at most 41 parameters, at most 900 FLOPs a sample",
        "parameters  11 to 101",
        "FLOPs       20 to 191 a sample",
        "rejected    layers.h.units: 5: 51 parameters, 1.24 times the limit",
        "rejected    layers.h.units: 6: 61 parameters, 1.49 times the limit",
        "rejected    layers.h.units: 7: 71 parameters, 1.73 times the limit",
        "trials      4, which are all that can be trained, by `tpe`, hopeless ones ended early by"
        " `hyperband`; each is chosen knowing all but the last 3",
        "objective   val_loss",
        "confirm     the best 3, 3 times each, with other seeds",
    ]


def test_a_range_of_numbers() -> None:
    text = TEXT.replace("search:", "search:\n    train.learning_rate: {float: [0.1, 1]}")
    lines = run(text, trials=7).lines()
    assert lines[0].endswith("2 paths, 10 combinations, 1 range of numbers beside them")
    assert "the ends and the middle of each range" in lines[1]
    assert "random ones: at most 41 parameters" in lines[3]
    assert any("at most 7 by `tpe`, seed 0" in line for line in lines)


def test_what_is_cheap() -> None:
    assert is_cheap(examine("spec.yaml", text=TEXT))
    assert not is_cheap(examine("spec.yaml", text=TEXT.replace("[1, 10]", "[1, 101]")))


def test_a_spec_without_a_search() -> None:
    assert dry_run(examine("spec.yaml", text=TEXT.partition("tune:")[0])) is None
