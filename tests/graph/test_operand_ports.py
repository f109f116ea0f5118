"""Ports that stand for an operand's place: `.query`, `.value`, `.key` of attention."""

import pytest
import torch

from modelspec.torch.build import build
from tests.graph.building import clean, found, shape

SPEC = """
inputs: {{a: [T, 8], b: [S, 6], m: {{shape: [T, S], dtype: bool}}}}
layers:
  attend: {{type: MultiHeadAttention, num_heads: 2, key_dim: 4, output_shape: 5}}
  pool: GlobalAveragePooling1D
edges:
{edges}
  - attend -> pool
outputs: [pool]
"""


def spec(*edges: str) -> str:
    """The spec with these edges into the attention."""
    text = SPEC.format(edges="\n".join(f"  - {edge}" for edge in edges))
    used = "b: [S, 6], " if any(edge.startswith("b ") for edge in edges) else ""
    used += "m: {shape: [T, S], dtype: bool}" if any("mask" in edge for edge in edges) else ""
    return text.replace("b: [S, 6], m: {shape: [T, S], dtype: bool}", used.removesuffix(", "))


@pytest.mark.parametrize(
    ("edges", "sources"),
    [
        (("a -> attend",), ["a"]),
        (("a -> attend", "b -> attend"), ["a", "b"]),
        (("b -> attend.value", "a -> attend.query"), ["a", "b"]),
        (("b -> attend.value", "a -> attend"), ["a", "b"]),
        (("b -> attend.key", "a -> attend.query", "b -> attend.value"), ["a", "b", "b"]),
        (("a -> attend", "b -> attend", "m -> attend.attention_mask"), ["a", "b"]),
    ],
)
def test_operands_take_their_place(edges: tuple[str, ...], sources: list[str]) -> None:
    graph = clean(spec(*edges))
    assert [str(source) for source in graph.nodes["attend"].operands[""]] == sources
    assert shape(graph, "attend") == "[T, 5]"


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (("a -> attend.query", "b -> attend.key"), "gets nothing at `attend.value`"),
        (("b -> attend.value",), "gets nothing at `attend.query`"),
        (("a -> attend.query", "b -> attend.query"), "takes one value at `.query`, gets 2"),
        (("a -> attend", "a -> attend", "b -> attend", "b -> attend"), "takes one to three inputs"),
        (("a -> attend", "m -> attend.attention_mask"), "needs `[T, T]` at `.attention_mask`"),
    ],
)
def test_what_does_not_fit_is_said(edges: tuple[str, ...], message: str) -> None:
    assert any(message in each.message for each in found(spec(*edges)))


def test_the_mask_and_the_ports_reach_the_module() -> None:
    edges = ("b -> attend.value", "a -> attend.query", "m -> attend.attention_mask")
    module = build(clean(spec(*edges)), seed=0).eval()
    a, b = torch.randn(2, 3, 8), torch.randn(2, 4, 6)
    seen = torch.ones(2, 3, 4, dtype=torch.bool)
    seen[..., 2:] = False
    before = module(a=a, b=b, m=seen)["pool"]
    b[:, 2:] = 9.0
    torch.testing.assert_close(module(a=a, b=b, m=seen)["pool"], before)
