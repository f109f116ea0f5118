"""Masks through whole models, with the numbers of Keras (`golden/make_masks.py`)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from modelspec.runner.loop.objective import objective_of, wanted_logits
from modelspec.torch import build, code, optimizers
from modelspec.torch.layers import find
from modelspec.torch.passes import leave_logits, without_masks
from modelspec.training.optimizers import find as find_optimizer
from tests.torch.specs import graph_of

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "masks.npz")
HEAD = """
inputs: {{words: {{shape: [{shape}], dtype: int64}}{more}}}
layers:
  embed: {{type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}}
"""
SECOND = "  embed2: {type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}\n"
UNMASKED = "  embed2: {type: Embedding, input_dim: 6, output_dim: 3}\n"


def chain(*layers, shape="T", outputs=None):
    """A spec whose layers stand behind a masked embedding, one after the other."""
    names = [layer.partition(":")[0] for layer in layers]
    lines = "".join(f"  {layer}\n" for layer in layers)
    outputs = outputs or f"[{names[-1]}]"
    edge = " -> ".join(["words", "embed", *names])
    return HEAD.format(shape=shape, more="") + lines + f"edges: ['{edge}']\noutputs: {outputs}\n"


def pair(second, *layers, edges, outputs="[read]"):
    """A spec with two embeddings."""
    lines = "".join(f"  {layer}\n" for layer in layers)
    return (
        HEAD.format(shape="5", more=", other: {shape: [5], dtype: int64}")
        + second
        + lines
        + f"edges: [words -> embed, other -> embed2, {edges}]\noutputs: {outputs}\n"
    )


def read(kind, options=""):
    return chain(f"read: {{type: {kind}, units: 4{options}}}")


def both(kind, options="", merge="concat"):
    inner = f"{{type: {kind}, units: 2{options}}}"
    return chain(f"read: {{type: Bidirectional, layer: {inner}, merge_mode: {merge}}}")


def merged(second, kind):
    return pair(
        second,
        f"join: {kind}",
        "read: {type: LSTM, units: 3}",
        edges="'embed, embed2 -> join -> read'",
    )


SEQUENCES = ", return_sequences: true"
SPECS = {
    "lstm": read("LSTM"),
    "lstm_sequences": read("LSTM", SEQUENCES),
    "lstm_backwards": read("LSTM", SEQUENCES + ", go_backwards: true"),
    "lstm_relu": read("LSTM", SEQUENCES + ", activation: relu"),
    "gru": read("GRU"),
    "gru_sequences": read("GRU", SEQUENCES),
    "gru_before": read("GRU", ", reset_after: false"),
    "simple": read("SimpleRNN", SEQUENCES),
    "both_last": both("LSTM"),
    "both_gru": both("GRU", SEQUENCES),
    **{f"both_{m}": both("LSTM", SEQUENCES, m) for m in ("concat", "sum", "mul", "ave")},
    "masking": """
        inputs: {x: [T, 2]}
        layers:
          valid: {type: Masking, mask_value: 2.0}
          read: {type: LSTM, units: 3}
        outputs: [read]
        """,
    "stacked": chain(
        "first: {type: LSTM, units: 3, return_sequences: true}",
        "drop: {type: Dropout, rate: 0.5}",
        "norm: LayerNormalization",
        "dense: {type: Dense, units: 3, activation: relu}",
        "last: {type: GRU, units: 2}",
    ),
    "add": merged(SECOND, "Add"),
    "add_one": merged(UNMASKED, "Add"),
    **{kind.lower(): merged(SECOND, kind) for kind in ("Multiply", "Maximum", "Minimum")},
    **{
        f"{kind.lower()}_one": merged(UNMASKED, kind) for kind in ("Multiply", "Maximum", "Minimum")
    },
    "join": merged(SECOND, "Concatenate"),
    "join_one": merged(UNMASKED, "Concatenate"),
    "join_steps": merged(UNMASKED, "{type: Concatenate, axis: 1}"),
    "states": pair(
        SECOND,
        "encoder: {type: LSTM, units: 3}",
        "decoder: {type: LSTM, units: 3, return_sequences: true}",
        edges="embed -> encoder, embed2 -> decoder, encoder.state -> decoder.state",
        outputs="{decoder: {from: decoder}, cell: {from: encoder.c}}",
    ),
    "tagger": chain(
        "read: {type: LSTM, units: 4, return_sequences: true}",
        "tags: {type: TimeDistributed, layer: {type: Dense, units: 3, activation: softmax}}",
        outputs="{tags: {loss: sparse_categorical_crossentropy,"
        " metrics: [sparse_categorical_accuracy]}}",
    ),
    "regression": chain(
        "read: {type: GRU, units: 4, return_sequences: true}",
        "numbers: {type: Dense, units: 2}",
        outputs="{numbers: {loss: mse, metrics: [mae]}}",
    ),
    "mean": chain("mean: GlobalAveragePooling1D"),
    "normalized": chain(
        "norm: {type: BatchNormalization, momentum: 0.5}", "numbers: {type: Dense, units: 2}"
    ),
    "pages": chain(
        "sentences: {type: TimeDistributed, layer: {type: LSTM, units: 3}}",
        "page: {type: GRU, units: 2}",
        shape="2, 3",
    ),
    "attention": pair(
        SECOND,
        "attend: {type: MultiHeadAttention, num_heads: 2, key_dim: 3}",
        "mean: GlobalAveragePooling1D",
        edges="'embed, embed2 -> attend', attend -> mean",
        outputs="[mean]",
    ),
    "dot_attention": pair(
        SECOND, "attend: Attention", edges="'embed, embed2 -> attend'", outputs="[attend]"
    ),
    "sentiment": chain(
        "read: {type: Bidirectional, layer: {type: LSTM, units: 3}}",
        "positive: {type: Dense, units: 1, activation: sigmoid}",
        outputs="{positive: {loss: binary_crossentropy, metrics: [binary_accuracy]}}",
    ),
    "topic": HEAD.format(shape="T", more="")
    + """
  attend: {type: MultiHeadAttention, num_heads: 2, key_dim: 3}
  join: Add
  norm: LayerNormalization
  mean: GlobalAveragePooling1D
  topic: {type: Dense, units: 3, activation: softmax}
edges:
  - words -> embed
  - embed, embed -> attend
  - embed, attend -> join -> norm -> mean -> topic
outputs:
  topic: {loss: sparse_categorical_crossentropy, metrics: [sparse_categorical_accuracy]}
""",
}
SPECS["tagging"] = SPECS["tagger"]
ZEROED = ", zero_output_for_mask: true"
SPECS |= {
    f"zero_{kind.lower()}{end}": read(kind, ZEROED + more + options)
    for kind, more in (
        ("LSTM", ""),
        ("GRU", ", activation: relu"),
        ("SimpleRNN", ", go_backwards: true"),
    )
    for end, options in (("", ""), ("_sequences", SEQUENCES))
}
SPECS["zero_both"] = both("LSTM", ZEROED)


def case(name, weights="w"):
    """The graph of a case, its module with Keras's weights, and the inputs."""
    graph = graph_of(SPECS[name])
    module = build(graph, seed=0, masks=True).eval()
    for node in graph.nodes.values():
        count = len(node.weights)
        arrays = [GOLDEN[f"{name}.{weights}.{node.name}.{index}"] for index in range(count)]
        if arrays:
            find(node.layer).load_keras(module.get_submodule(node.name), node.layer, arrays)
    given = {key: torch.tensor(GOLDEN[f"{name}.in.{key}"]) for key in graph.inputs}
    return graph, module, given


def measured(name):
    """The same, with a view that leaves logits, the objective and the targets."""
    graph, module, given = case(name)
    view, logits = leave_logits(module, wanted_logits(graph))
    (output,) = graph.outputs
    objective = objective_of(graph, torch.device("cpu"), {}, logits, frozenset({output}))
    return module, view, given, objective, {output: torch.tensor(GOLDEN[f"{name}.target"])}


def check_logs(logs, prefix):
    for key, value in logs.items():
        assert value == pytest.approx(GOLDEN[f"{prefix}.log.{key}"].item(), rel=1e-5), key


def expected(name):
    keys = [key for key in GOLDEN.files if key.startswith(f"{name}.out.")]
    return [torch.tensor(GOLDEN[key]) for key in keys]


def check(name, results, graph):
    for output, values in zip(graph.outputs, expected(name), strict=True):
        known = values.isfinite()  # Keras divides by zero where no step counts
        torch.testing.assert_close(results[output][known], values[known], rtol=1e-5, atol=2e-6)
        assert bool(results[output].isfinite().all())


@pytest.mark.parametrize("name", SPECS)
def test_values_are_those_of_keras(name):
    graph, module, given = case(name)
    check(name, module(given), graph)


@pytest.mark.parametrize("name", ["tagger", "mean"])
def test_an_exported_model_computes_the_same(name):
    graph, module, given = case(name)
    exported = torch.export.export(module, tuple(given.values())).module()
    check(name, exported(*given.values()), graph)


@pytest.mark.parametrize("name", ["tagger", "regression"])
def test_losses_and_metrics_leave_masked_steps_out(name):
    _, view, given, objective, targets = measured(name)
    loss = objective.add(view(given), targets, 4)
    logs = objective.logs()
    assert loss.item() == pytest.approx(logs["loss"], rel=1e-6)
    check_logs(logs, name)


@pytest.mark.parametrize("name", ["sentiment", "topic", "tagging"])
def test_training_goes_as_in_keras(name):
    module, view, given, objective, targets = measured(name)
    losses = []
    optimizer = optimizers.create(find_optimizer("sgd")(learning_rate=0.3, momentum=0.9), module)
    view.train()
    for _ in GOLDEN[f"{name}.losses"]:
        loss = objective.add(view(given), targets, 4)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses == pytest.approx(GOLDEN[f"{name}.losses"].tolist(), rel=1e-5)
    optimizer.finish()
    objective.reset()
    objective.add(view.eval()(given), targets, 4)
    check_logs(objective.logs(), f"{name}.after")
    _, wanted, _ = case(name, weights="after")
    for key, value in wanted.state_dict().items():
        torch.testing.assert_close(module.state_dict()[key], value, rtol=1e-4, atol=1e-5)


def test_batch_statistics_are_those_of_the_steps_that_count():
    _, module, given = case("normalized")
    result = module.train()(given)["numbers"]
    known = torch.tensor(GOLDEN["normalized.trained.0"])
    torch.testing.assert_close(result, known, rtol=1e-5, atol=2e-6)
    moved = torch.tensor(GOLDEN["normalized.trained.1"])
    torch.testing.assert_close(module.norm.running_var, moved, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["lstm", "gru_before", "both_last", "stacked", "mean", "sentiment", "topic"]
)
def test_more_padding_changes_nothing(name):
    _, module, _ = case(name)
    words = torch.tensor([[1, 2, 3], [4, 0, 0], [0, 5, 0]])
    wider = torch.nn.functional.pad(words, (0, 4))
    for values, others in zip(module(words).values(), module(wider).values(), strict=True):
        torch.testing.assert_close(values, others)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_gradients_are_those_of_a_loop_over_the_steps(kind):
    spec = chain(f"read: {{type: {kind}, units: 4, return_sequences: true}}")
    fused = build(graph_of(spec), seed=0)
    looped = build(graph_of(spec), seed=0)
    looped.read.recurrent_dropout = 1e-9
    words = torch.tensor([[3, 0, 1, 0, 0], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5], [0, 0, 2, 0, 1]])
    for module in (fused, looped):
        module(words)["read"].square().sum().backward()
    for left, right in zip(fused.parameters(), looped.parameters(), strict=True):
        torch.testing.assert_close(left.grad, right.grad, rtol=1e-5, atol=1e-7)


def test_masks_that_nobody_uses_are_not_computed():
    text = code(graph_of(chain("y: {type: Dense, units: 2}")))
    assert "mask" not in text.replace('"mask_zero"', "")


def test_the_code_can_be_read():
    text = code(graph_of(read("LSTM")))
    assert "embed_mask = words != 0" in text
    assert "self.read(embed, mask=embed_mask)" in text


BLOCKS = """
    inputs: {left: {shape: [T], dtype: int64}, right: {shape: [T], dtype: int64}}
    blocks:
      look_up:
        inputs: [x]
        layers: {table: {type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}}
        outputs: [table]
      encoder:
        inputs: [x]
        layers:
          widen: {type: Dense, units: 4}
          read: {type: LSTM, units: 2}
        outputs: [read]
    shared:
      words: look_up
      encode: encoder
    layers:
      a: {use: words}
      b: {use: words}
      plain: {type: Embedding, input_dim: 6, output_dim: 3}
      c: {use: encode}
      d: {use: encode}
      e: {use: encode}
      y: Concatenate
    edges:
      - left -> a -> c
      - right -> b -> d
      - right -> plain -> e
      - c, d, e -> y
    outputs: [y]
    """


def test_masks_go_into_blocks_and_out_of_them():
    module = build(graph_of(BLOCKS), seed=0)
    short = torch.tensor([[1, 2], [3, 4]])
    padded = torch.tensor([[1, 2, 0], [3, 4, 0]])
    result, wider = module(short, short)["y"], module(padded, padded)["y"]
    torch.testing.assert_close(result[:, :4], wider[:, :4])
    assert not torch.allclose(result[:, 4:], wider[:, 4:])  # without a mask all steps count


PAGES = """
    inputs: {{words: {{shape: [2, 3], dtype: int64}}}}
    blocks:
      sentence:
        inputs: [x]
        layers: {{{layers}}}
        outputs: [read]
    layers:
      embed: {{type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}}
      sentences: {{type: TimeDistributed, layer: {{type: sentence}}}}
      page: {{type: GRU, units: 2}}
    outputs: [page]
    """


def test_a_block_in_a_wrapper_gets_the_mask_without_the_steps():
    _, plain, given = case("pages")
    whole = build(graph_of(PAGES.format(layers="read: {type: LSTM, units: 3}")), seed=0)
    weights = {k.replace("sentences.", "sentences.read."): v for k, v in plain.state_dict().items()}
    whole.load_state_dict(weights)
    torch.testing.assert_close(whole(given)["page"], plain(given)["page"])


def test_a_block_in_a_wrapper_that_goes_step_by_step_gets_it_too():
    layers = "norm: BatchNormalization, read: {type: LSTM, units: 3}"
    module = build(graph_of(PAGES.format(layers=layers)), seed=0)
    words = torch.tensor(GOLDEN["pages.in.words"])
    x, mask = module.embed(words), words != 0
    steps = [module.sentences(x[:, step], mask[:, step]) for step in range(2)]
    wanted, _ = module.page(torch.stack(steps, 1), mask=mask.any(-1))
    torch.testing.assert_close(module(words)["page"], wanted)


def test_each_direction_has_the_mask():
    spec = chain(
        "read: {type: Bidirectional, layer: {type: LSTM, units: 2, return_sequences: true}}"
    )
    spec = spec.replace("outputs: [read]", "outputs: {ahead: {from: read.forward}}")
    module = build(graph_of(spec), seed=0, masks=True)
    words = torch.tensor([[1, 2, 0]])
    assert module(words)["ahead.mask"].tolist() == [[True, True, False]]


def test_users_see_no_masks():
    graph, module, given = case("tagger")
    assert list(module(given)) == ["tags", "tags.mask"]
    shown = without_masks(module, list(graph.outputs))
    assert list(shown(given)) == ["tags"]
    assert list(build(graph, seed=0)(given)) == ["tags"]


def test_a_block_with_a_mask_leaves_logits_too():
    spec = """
        inputs: {words: {shape: [T], dtype: int64}}
        blocks:
          tagger:
            inputs: [x]
            layers:
              embed: {type: Embedding, input_dim: 6, output_dim: 3, mask_zero: true}
              tags: {type: Dense, units: 3, activation: softmax}
            outputs: [tags]
        layers: {tags: tagger}
        outputs: {tags: categorical_crossentropy}
        """
    module = build(graph_of(spec), seed=0, masks=True)
    view, left_out = leave_logits(module, {"tags": "softmax"})
    words = torch.tensor([[1, 2, 0]])
    assert left_out == {"tags": "softmax"}
    torch.testing.assert_close(view(words)["tags"].softmax(-1), module(words)["tags"])
    assert torch.equal(view(words)["tags.mask"], words != 0)


def test_masking_in_a_block_needs_no_mask_of_what_it_reads():
    """A block is not given a mask that nothing in it computes with."""
    text = """
        inputs: {x: [4, 2]}
        blocks:
          valid:
            inputs: [x]
            layers: {mark: {type: Masking, mask_value: 1.0}}
            outputs: [mark]
        layers:
          first: Masking
          again: valid
          read: {type: LSTM, units: 2}
        outputs: [read]
        """
    module = build(graph_of(text), seed=0).eval()
    x = torch.randn(2, 4, 2)
    x[0, 1] = 0.0
    marked = x.clone()
    marked[:, 3] = 1.0
    with torch.no_grad():
        torch.testing.assert_close(module({"x": marked}), module({"x": marked[:, :3]}))
