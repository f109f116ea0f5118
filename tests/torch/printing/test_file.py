"""The printed code."""

import ast

from modelspec.torch import code
from tests.torch import specs
from tests.torch.specs import graph_of


def test_a_forward_that_a_person_can_read():
    lines = code(graph_of(specs.SEQUENTIAL)).splitlines()
    first = lines.index("    def forward(self, x):")
    assert lines[first : first + 8] == [
        "    def forward(self, x):",
        "        fc1_linear = self.fc1(x)",
        "        fc1 = torch.relu(fc1_linear)",
        "        fc2_linear = self.fc2(fc1)",
        "        fc2 = torch.relu(fc2_linear)",
        "        out_logits = self.out(fc2)",
        "        out = torch.softmax(out_logits, dim=-1)",
        '        return {"out": out}',
    ]


def test_equal_blocks_are_printed_once():
    text = code(graph_of(specs.RESIDUAL))
    assert text.count("class Residual(") == 1
    assert text.index("class Residual(") < text.index("self.stage_1 = Residual()")
    assert "join = conv2 + x" in text


def test_merges_read_like_torch():
    assert "merge = torch.cat((a, b), dim=-1)" in code(graph_of(specs.SIAMESE))


def test_blocks_that_differ_are_two_classes():
    text = code(
        graph_of("""
        inputs: {x: [4]}
        blocks:
          net:
            params: {units: 3}
            inputs: [x]
            layers: {fc: {type: Dense, units: $units}}
            outputs: [fc]
        layers: {a: {type: net}, b: {type: net, units: 5}, c: {type: net, units: 5}}
        outputs: [c]
        """)
    )
    assert "self.a = Net()" in text
    assert "self.b = Net2()" in text
    assert "self.c = Net3()" in text


def test_all_of_it_is_python():
    for text in (specs.TWO_INPUTS, specs.THREE_OUTPUTS, specs.SEQUENCES, specs.RESIDUAL):
        printed = code(graph_of(text))
        ast.parse(printed)
        assert max(map(len, printed.splitlines())) <= 100
