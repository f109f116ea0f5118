"""The proof of a space: culprits at their own tokens, limits, choices that hang on choices."""

from random import Random

import pytest

from modelspec.tuning.proof import prove as prove_module
from modelspec.tuning.proof.grid import Grid

from .spaces import planted, proof_of, space_of

CONV = """\
inputs: {x: [32, 4]}
layers:
  c: {type: Conv1D, filters: 8, kernel_size: 3, activation: relu}
  p: {type: MaxPooling1D, pool_size: 2}
  d: {type: Conv1D, filters: 8, kernel_size: 3, activation: relu}
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
train: {optimizer: adam}
tune:
  search:
    layers.c.kernel_size: [3, 5, 33]
    layers.p.pool_size: [2, 8]
    layers.d.kernel_size: [3, 4, 5]
"""


def test_culprits_are_named_at_their_tokens_with_what_lint_says() -> None:
    single, pair = proof_of(CONV).findings
    assert (single.span.line, single.span.column) == (12, 34)
    assert single.message.startswith(
        "`layers.c.kernel_size: 33` can go with nothing that is searched: MS502 `c` (Conv1D)"
    )
    assert (pair.span.line, pair.span.column) == (14, 31)
    assert pair.message.startswith(
        "`layers.p.pool_size: 8` cannot go with `layers.d.kernel_size` of 4 or 5: MS502 `d` (Conv"
    )
    assert pair.message.endswith("(as with 8 and 4)")
    assert [(each.span.line, each.span.column) for each in pair.related] == [(13, 29)]
    assert "must be at least" in pair.help
    assert pair.help.endswith("to leave such combinations out")


def test_skipped_values_are_warnings() -> None:
    proof = proof_of(CONV + "  invalid: skip\n")
    assert [each.code for each in proof.findings] == ["MS713", "MS713"]
    assert "invalid" not in proof.findings[1].help
    assert (proof.sound.hits, proof.sound.of) == (8, 18)


def test_a_comment_silences_what_is_skipped_and_is_not_idle_before() -> None:
    text = CONV.replace("5, 33]", "5, 33] # modelspec: ignore[MS713]") + "  invalid: skip\n"
    assert [each.span.line for each in proof_of(text).findings] == [14]


def test_choices_that_hang_on_choices() -> None:
    text = planted([2], [{0: 5}]).replace("params.p0: [0, 1]", SEARCH).replace("{p0: -1}", PARAMS)
    proof = proof_of(text)
    assert (proof.count, proof.looked_at, proof.sound.hits) == (13, 13, 8)
    (found,) = proof.findings
    assert found.message.startswith("`params.p0: 5` can go with nothing that is searched: ")
    assert (found.span.line, found.span.column) == (text.splitlines().index(DEEP) + 1, 24)


PARAMS = "{p0: -1, kind: 0, q: 1}"
DEEP = "        params.p0: [3, 5]"
SEARCH = f"""params.kind:
      0: {{params.q: {{int: [1, 3]}}}}
      1:
{DEEP}
        params.q: {{int: [1, 5]}}"""


def test_integers_of_a_range_are_a_run_of_them() -> None:
    text = CONV.replace("[3, 5, 33]", "{int: [1, 40]}").replace("[2, 8]", "[2]")
    text = text.replace("[3, 4, 5]", "[3]")
    (first, *_) = proof_of(text).findings
    assert "`layers.c.kernel_size` of 28 to 40" in first.message
    assert first.span.line == 12


def test_limits_leave_a_share_and_nothing() -> None:
    search = "tune: {search: {layers.h.units: {int: [1, 10]}}, limits: {parameters: %d}}\n"
    text = (
        "inputs: {x: [8]}\n"
        "layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}\n"
        "outputs: {y: mse}\n"
    )
    some = proof_of(text + search % 41)
    assert some.findings == []
    assert (some.within.hits, some.within.of, some.sound.hits) == (4, 10, 10)
    assert some.parameters == (11, 101)
    assert some.rejected[0].values == {"layers.h.units": 5}
    none = proof_of(text + search % 10)
    (found,) = none.findings
    assert found.code == "MS714"
    assert "what is nearest has 11 parameters, 1.1 times the limit" in found.message
    assert found.span.line == 4


def test_a_space_that_is_not_counted_is_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [{0: 2}, {1: 3, 3: 0}, {2: 1, 4: 1}]
    text = planted([5, 6, 7, 5, 6], faults).replace(
        "tune:\n  search:\n", "tune:\n  search:\n    train.learning_rate: {float: [0.1, 1]}\n"
    )
    proof = proof_of(text)
    assert not proof.whole
    assert proof.count is None
    assert proof.sound.of == prove_module.SAMPLE
    assert len(proof.findings) == 3
    assert proof.looked_at < 1000


def test_many_culprits_are_counted() -> None:
    faults = [{0: value, 1: value} for value in range(25)]
    messages = [each.message for each in proof_of(planted([25, 25], faults)).findings]
    assert len(messages) == 21
    assert "there are 5 more groups of values that cannot go together" in messages


def test_what_the_spec_lacks_by_itself_is_no_culprit() -> None:
    text = "inputs: {x: [8]}\nlayers: {y: {type: Dense, units: 1}}\noutputs: {y: {}}\n"
    proof = proof_of(text + "tune: {search: {layers.y.units: [1, 2]}}\n")
    assert proof.findings == []
    assert proof.sound.hits == 0


def test_random_rows_are_of_the_space() -> None:
    space = space_of(
        planted([2], []).replace(
            "params.p0: [0, 1]",
            "params.p0: {0: {train.learning_rate: {float: [0.1, 0.5], step: 0.1}},"
            " 1: {train.batch_size: {int: [4, 64], log: true, step: 3}}}",
        )
    )
    grid, random = Grid(space), Random(1)
    rows = [grid.values(grid.random_row(random)) for _ in range(200)]
    assert all(map(space.holds, rows))
    assert {row.get("train.learning_rate") for row in rows} >= {0.1, 0.2, 0.3, 0.4, 0.5}
    assert {row.get("train.batch_size") for row in rows} >= {4, 7}
