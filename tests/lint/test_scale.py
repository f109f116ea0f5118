"""Lint of large specs: the work for a node is the same however many there are."""

import pytest

from benchmarks.large_specs import VALID, WRONG
from modelspec import lint
from modelspec.diagnostics.fixes import apply_fixes
from modelspec.diagnostics.sources import Sources
from modelspec.language import names
from modelspec.shapes import text
from tests.work import growth

SMALL, LARGE = 44, 352
"""All shapes have eight times as many layers of each kind in the larger one."""
FLAT = 1.1
"""Growth for a node that no shape reaches, and one list or dict more that is gone through for each
node does."""


def work_of(text: str) -> None:
    lint.examine("large.yaml", text=text)


@pytest.mark.parametrize("shape", [*VALID, *WRONG])
def test_the_work_of_a_lint_grows_as_the_spec(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_MOST_COMPARISONS", SMALL)  # squared below it, by design
    generate = (VALID | WRONG)[shape]
    texts = {nodes: generate(nodes) for nodes in (SMALL, LARGE)}
    assert growth(lambda nodes: work_of(texts[nodes]), SMALL, LARGE) < FLAT


@pytest.mark.parametrize("shape", VALID)
def test_shapes_that_are_to_be_valid_are(shape: str) -> None:
    examined = lint.examine("large.yaml", text=VALID[shape](SMALL))
    assert not examined.report.failed


def test_each_wrong_node_is_one_error() -> None:
    for shape, count in (("unknown_types", SMALL), ("wrong_shapes", SMALL // 2)):
        report = lint.examine("large.yaml", text=WRONG[shape](SMALL)).report
        assert len(report.errors) == count


def test_one_mistake_made_often_has_the_same_help_everywhere() -> None:
    report = lint.examine("large.yaml", text=WRONG["unknown_types"](LARGE)).report
    assert {found.help for found in report.errors} == {"did you mean `Dense`?"}


def test_each_fix_of_a_text_costs_the_same() -> None:
    def fixed(nodes: int) -> None:
        wrong, sources = WRONG["unknown_types"](nodes), Sources()
        sources.add("large.yaml", wrong)
        found = lint.examine("large.yaml", text=wrong).report.errors
        assert apply_fixes("large.yaml", found, sources) == (VALID["chain"](nodes), found)

    assert growth(fixed, SMALL, LARGE) < FLAT


def test_a_length_that_was_halved_often_is_said_briefly() -> None:
    graph = lint.examine("large.yaml", text=VALID["halved"](2000)).graph
    assert graph
    (output,) = graph.outputs.values()
    assert text(output.value.shape) == "[(T+2**2000-1)//2**2000, 8]"


def test_names_to_freeze_are_looked_up_not_searched_for() -> None:
    def frozen(nodes: int) -> None:
        frozen_ones = ", ".join(f"n{place}" for place in range(nodes))
        work_of(VALID["chain"](nodes) + f"train: {{freeze: [{frozen_ones}]}}\n")

    assert growth(frozen, SMALL, LARGE) < FLAT
