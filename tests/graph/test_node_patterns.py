"""The nodes that a `train` section speaks of, held against the graph by lint alone."""

import pytest

from modelspec import lint

SPEC = """\
inputs: {{x: [4]}}
layers:
  hidden: {{type: Dense, units: 4, activation: relu}}
  y: {{type: Dense, units: 1}}
outputs: {{y: mse}}
train: {{{train}}}
"""


def _found(train: str) -> list[tuple[str, str, str]]:
    report = lint.examine("spec.yaml", text=SPEC.format(train=train)).report
    return [(each.code, each.message, each.help) for each in report]


@pytest.mark.parametrize(
    "train",
    [
        "freeze: [hiden]",
        "learning_rate_multipliers: {hiden: 2}",
        "callbacks: [{type: activation_logger, nodes: [hiden]}]",
    ],
)
def test_a_name_that_no_node_has_is_a_finding_of_lint(train: str) -> None:
    [(code, message, help)] = _found(train)
    assert (code, message, help) == ("MS301", "no node is `hiden`", "did you mean `hidden`?")


@pytest.mark.parametrize(
    "train",
    [
        "freeze: ['hid*']",
        "learning_rate_multipliers: {'*': 2, hidden: 0.5}",
        "callbacks: [{type: activation_logger, nodes: [hidden, y]}]",
    ],
)
def test_names_and_patterns_that_nodes_have_are_fine(train: str) -> None:
    assert not _found(train)
