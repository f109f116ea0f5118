"""`examine`: options, inline ignores, and how far a broken file gets."""

import pytest

from modelspec.diagnostics import Report
from modelspec.lint import Examined, examine

LINEAR = """\
inputs: {x: [8]}
layers:
  fc: {type: Dense, units: 16}%s
  y: {type: Dense, units: 1}
outputs: {y: mse}
"""


def _codes(examined: Examined) -> list[str]:
    return [found.code for found in examined.report]


@pytest.mark.parametrize("comment", ["MS704", "linear-stack", "ms704", "MS704, MS701"])
def test_an_ignore_silences_its_line(comment: str) -> None:
    examined = examine("s.yaml", text=LINEAR % f"  # modelspec: ignore[{comment}]")
    unused = ["MS107"] if "MS701" in comment else []
    assert _codes(examined) == unused


def test_an_ignore_on_another_line_silences_nothing() -> None:
    text = LINEAR % "" + "# modelspec: ignore[MS704]\n"
    assert _codes(examine("s.yaml", text=text)) == ["MS704", "MS107"]


def test_an_ignore_is_not_called_unused_while_errors_stand() -> None:
    text = LINEAR.replace("units: 1}", "units: 0}") % "  # modelspec: ignore[MS704]"
    assert _codes(examine("s.yaml", text=text)) == ["MS204"]


def test_an_ignore_of_a_rule_for_training_is_not_judged_by_a_plain_lint() -> None:
    text = "inputs: {x: [8]}\nlayers: {y: {type: Dense, units: 1}}\n"
    text += "outputs: [y]  # modelspec: ignore[MS604]\n"
    assert _codes(examine("s.yaml", text=text)) == []
    assert _codes(examine("s.yaml", text=text, training=True)) == []


def test_harmless_errors_can_be_ignored() -> None:
    text = "inputs:\n  x: [8]\n  z: [8]  # modelspec: ignore[unused-input]\n"
    text += "layers: {y: {type: Dense, units: 1}}\nedges: [x -> y]\noutputs: [y]\n"
    examined = examine("s.yaml", text=text)
    assert _codes(examined) == []
    assert not examined.report.failed


def test_infos_are_kept_where_they_are_selected() -> None:
    text = "inputs: {x: [8]}\nlayers: {fc: {type: Dense, units: 4}, n: BatchNormalization,"
    text += " a: {type: Activation, activation: relu}}\noutputs: [a]\n"
    assert _codes(examine("s.yaml", text=text)) == []
    assert _codes(examine("s.yaml", text=text, select=("MS703",))) == ["MS703"]


def test_overrides_are_examined() -> None:
    text = "params: {width: 4}\n" + LINEAR.replace("units: 16}", "units: $width, activation: relu}")
    examined = examine("s.yaml", text=text % "", overrides=("params.width=0",))
    assert _codes(examined) == ["MS204"]


def test_what_could_not_be_read_is_none() -> None:
    nothing = examine("s.yaml", text="{")
    assert nothing.document is nothing.spec is nothing.graph is None
    no_spec = examine("s.yaml", text="[1]")
    assert no_spec.document is not None
    assert no_spec.spec is no_spec.graph is None
    graph = examine("s.yaml", text=LINEAR % "").graph
    assert graph is not None
    assert list(graph.nodes) == ["x", "fc", "y"]


def test_a_missing_file_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        examine("no/such/file.yaml")


def test_findings_inside_a_block_are_said_once() -> None:
    text = """\
inputs: {x: [8]}
blocks:
  two:
    inputs: [x]
    layers: {a: {type: Dense, units: 8}, b: {type: Dense, units: 8, activation: relu}}
    outputs: [b]
layers:
  many: {type: two, repeat: 5}
  again: {type: TimeDistributed, layer: {type: two}}
  y: {type: Dense, units: 1}
edges:
  - x -> many -> y
  - z -> again -> w
outputs: {y: mse, again: mse}
"""
    text = text.replace("inputs: {x: [8]}", "inputs: {x: [8], z: [3, 5]}", 1)
    text = text.replace("  - z -> again -> w\n", "  - z -> again\n")
    report = Report(f for f in examine("s.yaml", text=text).report if f.code == "MS704")
    assert [(found.span.line, found.path) for found in report] == [(5, "blocks.two.layers.a")]


def test_what_is_an_error_is_not_ambiguous_too() -> None:
    text = "inputs: {x: [8]}\nlayers: {a: {type: Dense, units: 3, use_bias: yes}}\noutputs: [a]\n"
    assert [each.code for each in examine("spec.yaml", text=text).report] == ["MS203"]
    text = text.replace("use_bias: yes", "use_bias: true").replace("inputs", "name: yes\ninputs")
    assert "MS105" in [each.code for each in examine("spec.yaml", text=text).report]
