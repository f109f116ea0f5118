"""A finding about an item of a list points at it, whatever is wrong with the items before it."""

import pytest

from modelspec.lint import examine

TEXT = """\
inputs: {{x: [10]}}
layers: {{h: {{type: Dense, units: 4}}, y: {{type: Dense, units: 1}}}}
edges: {edges}
outputs: {{y: {{loss: mse, metrics: {metrics}}}}}
data: {{file: d.csv, split: {{validation: 0.2}}}}
train:
  freeze: {freeze}
  callbacks: {callbacks}
"""
SOUND = {
    "edges": '"x -> h", "h -> y"',
    "metrics": "mae",
    "freeze": "h",
    "callbacks": "early_stopping",
}
WRONG = {
    "edges": "h -> zzz",
    "metrics": "auc",
    "freeze": "zzz",
    "callbacks": "{type: checkpoint, monitor: zzz}",
}
BAD = {
    "edges": ["7", "null", "{a: b}", "h => y", "x -> yyy"],
    "metrics": ["bad", "7", "{type: bad}", "{nothing: 1}", "{type: mae, bad: 1}", "mae", "null"],
    "freeze": ["7", "bad", "null", "''"],
    "callbacks": ["bad", "7", "{type: bad}", "{type: early_stopping, bad: 1}", "null"],
}


def found(name: str, items: str) -> set[tuple[str, int]]:
    """Code and column of the findings about one list."""
    text = TEXT.format(**{key: f"[{items if key == name else SOUND[key]}]" for key in SOUND})
    report = examine("s.yaml", text=text, training=True).report
    line = text[: text.index(items)].count("\n") + 1
    return {(each.code, each.span.column) for each in report if each.span.line == line}


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name in BAD for bad in BAD[name]])
def test_a_finding_stays_at_its_item(name: str, bad: str) -> None:
    alone = f"{SOUND[name]}, {WRONG[name]}"
    behind = f"{SOUND[name]}, {bad}, {WRONG[name]}"
    here = {(code, column) for code, column in found(name, alone) if code != "MS304"}
    shift = len(bad) + 2
    assert here
    moved = {(code, column + shift) for code, column in here}
    others = found(name, f"{SOUND[name]}, {bad}")
    assert found(name, behind) - others <= moved


@pytest.mark.parametrize("bad", ["bad", "{type: bad}", "{nothing: 1}", "mae"])
def test_a_metric_is_compared_with_its_output_whatever_is_wrong_before_it(bad: str) -> None:
    items = f"mae, {bad}, auc"
    assert ("MS606", len("outputs: {y: {loss: mse, metrics: [") + len(items) - 2) in found(
        "metrics", items
    )
