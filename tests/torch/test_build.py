"""Built modules against hand-written ones with the same weights."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from modelspec.torch import build
from tests.torch import specs
from tests.torch.specs import graph_of


def close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_sequential():
    module = build(graph_of(specs.SEQUENTIAL), seed=0)
    hand = nn.Sequential(
        nn.Linear(64, 32),
        nn.ReLU(),
        nn.Linear(32, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
        nn.Softmax(-1),
    )
    assert list(module.state_dict()) == [
        f"{name}.{kind}" for name in ("fc1", "fc2", "out") for kind in ("weight", "bias")
    ]
    assert sum(parameter.numel() for parameter in module.parameters()) == 3466
    hand.load_state_dict(dict(zip(hand.state_dict(), module.state_dict().values(), strict=True)))
    x = torch.randn(5, 64)
    close(module(x)["out"], hand(x))


def test_siamese_is_one_module_called_twice():
    module = build(graph_of(specs.SIAMESE), seed=0)
    assert [name for name, _ in module.named_children()] == ["encoder", "out"]
    lstm = nn.LSTM(5, 3, batch_first=True)
    lstm.load_state_dict(module.encoder.state_dict())
    left, right = torch.randn(2, 6, 5), torch.randn(2, 9, 5)
    codes = torch.cat([lstm(left)[1][0][0], lstm(right)[1][0][0]], -1)
    close(module(left, right)["out"], torch.sigmoid(module.out(codes)))


def test_blocks_are_submodules():
    module = build(graph_of(specs.RESIDUAL), seed=0)
    weights = module.state_dict()
    assert list(weights)[:4] == [
        "stage_1.conv1.weight",
        "stage_1.conv1.bias",
        "stage_1.conv2.weight",
        "stage_1.conv2.bias",
    ]
    image = torch.randn(2, 8, 8, 4)
    x = image.permute(0, 3, 1, 2)
    for stage in ("stage_1", "stage_2"):
        y = functional.conv2d(
            x, weights[f"{stage}.conv1.weight"], weights[f"{stage}.conv1.bias"], padding=1
        )
        y = functional.conv2d(
            functional.relu(y),
            weights[f"{stage}.conv2.weight"],
            weights[f"{stage}.conv2.bias"],
            padding=1,
        )
        x = x + y
    flat = x.permute(0, 2, 3, 1).flatten(1)
    close(module(image)["out"], functional.linear(flat, weights["out.weight"], weights["out.bias"]))


def test_two_inputs():
    module = build(graph_of(specs.TWO_INPUTS), seed=0)
    story, question = torch.randint(0, 50, (3, 11)), torch.randint(0, 50, (3, 4))
    codes = []
    for name, inner, words in (("read", "words", story), ("hear", "asked", question)):
        lstm = nn.LSTM(8, 6, batch_first=True)
        lstm.load_state_dict(getattr(module, name).state_dict())
        codes.append(lstm(getattr(module, inner)(words))[1][0][0])
    close(module(story, question)["answer"], module.answer(codes[0] + codes[1]).softmax(-1))


def test_outputs_come_in_the_order_of_the_spec():
    module = build(graph_of(specs.THREE_OUTPUTS), seed=0)
    outputs = module(torch.randn(4, 9, 4))
    assert {name: list(value.shape) for name, value in outputs.items()} == {
        "gender": [4, 1],
        "age": [4, 1],
        "income": [4, 10],
    }
    assert list(outputs) == ["gender", "age", "income"]


def test_states_flow_from_encoder_to_decoder():
    module = build(graph_of(specs.SEQUENCES), seed=0)
    encoder, decoder = (nn.LSTM(5, 3, batch_first=True) for _ in range(2))
    encoder.load_state_dict(module.encoder.state_dict())
    decoder.load_state_dict(module.decoder.state_dict())
    first, second = torch.randn(2, 6, 5), torch.randn(2, 4, 5)
    states = encoder(first)[1]
    close(module(first, second)["words"], module.words(decoder(second, states)[0]).softmax(-1))


def test_a_shared_block_is_one_submodule():
    module = build(
        graph_of("""
        inputs: {a: [4], b: [4]}
        blocks:
          net:
            inputs: [x]
            layers: {fc: {type: Dense, units: 3, activation: tanh}}
            outputs: [fc]
        shared:
          twin: {type: net}
        layers:
          left: {use: twin}
          right: {use: twin}
          gap: Subtract
        edges:
          - a -> left
          - b -> right
          - left, right -> gap
        outputs: [gap]
        """),
        seed=0,
    )
    assert list(module.state_dict()) == ["twin.fc.weight", "twin.fc.bias"]
    a, b = torch.randn(2, 4), torch.randn(2, 4)
    fc = module.twin.fc
    close(module(a=a, b=b)["gap"], torch.tanh(fc(a)) - torch.tanh(fc(b)))


def test_ports_of_a_block():
    module = build(
        graph_of("""
        inputs: {a: [4], b: [4]}
        blocks:
          pair:
            inputs: [x, y]
            layers: {sum: Add, gap: Subtract}
            edges:
              - x, y -> sum
              - x, y -> gap
            outputs: [sum, gap]
        layers:
          two: {type: pair}
          join: Multiply
        edges:
          - b -> two.x
          - a -> two.y
          - two.sum, two.gap -> join
        outputs: [join]
        """)
    )
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    close(module(a, b)["join"], (b + a) * (b - a))


def test_a_block_in_time_distributed():
    module = build(
        graph_of("""
        inputs: {frames: [6, 4]}
        blocks:
          net:
            inputs: [x]
            layers:
              fc: {type: Dense, units: 3, activation: tanh}
              out: {type: Dense, units: 2}
            outputs: [out]
        layers:
          each: {type: TimeDistributed, layer: {type: net}}
        outputs: [each]
        """)
    )
    assert next(iter(module.state_dict())) == "each.fc.weight"
    frames = torch.randn(2, 6, 4)
    close(module(frames)["each"], module.each.out(torch.tanh(module.each.fc(frames))))


def test_frozen_layers_and_blocks():
    module = build(
        graph_of("""
        inputs: {x: [4]}
        blocks:
          net:
            inputs: [x]
            layers: {fc: {type: Dense, units: 3}, norm: BatchNormalization}
            outputs: [norm]
        layers:
          cold: {type: net, trainable: false}
          warm: {type: net}
          ice: {type: Dense, units: 2, trainable: false}
          out: {type: Dense, units: 2}
        outputs: [out]
        """)
    )
    trained = {name.split(".")[0] for name, p in module.named_parameters() if p.requires_grad}
    assert trained == {"warm", "out"}
    before = {name: value.clone() for name, value in module.named_buffers()}
    module.train()(torch.randn(8, 4))
    after = dict(module.named_buffers())
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"warm"}


def test_names_that_python_or_torch_want():
    module = build(
        graph_of("""
        inputs: {class: [4], input: [4]}
        layers:
          train: {type: Dense, units: 3}
          code: {type: Dense, units: 3}
          lambda: {type: Dense, units: 3}
          sum: Add
        edges:
          - class -> train
          - input -> code -> lambda
          - train, lambda -> sum
        outputs: [sum]
        """)
    )
    assert [name for name, _ in module.named_children()] == ["train_", "code_", "lambda_"]
    x, y = torch.randn(2, 4), torch.randn(2, 4)
    wanted = module.train_(x) + module.lambda_(module.code_(y))
    close(module(**{"class": x, "input": y})["sum"], wanted)
    assert module.train() is module


def test_a_shared_layer_and_a_node_of_one_name():
    module = build(
        graph_of("""
        inputs: {x: [4]}
        shared: {fc: {type: Dense, units: 4}}
        layers:
          first: {use: fc}
          fc: {type: Dense, units: 2}
        outputs: [fc]
        """)
    )
    assert sorted(module.state_dict()) == ["fc.bias", "fc.weight", "fc_.bias", "fc_.weight"]
    assert module.fc.weight.shape == (2, 4)


def test_dead_layers_are_left_out():
    module = build(
        graph_of("""
        inputs: {x: [4]}
        layers: {out: {type: Dense, units: 2}, aux: {type: Dense, units: 9}}
        edges: [x -> out, x -> aux]
        outputs: [out]
        """)
    )
    assert [name for name, _ in module.named_children()] == ["out"]


def test_every_node_knows_its_place():
    module = build(graph_of(specs.RESIDUAL))
    paths = {node.meta["modelspec"] for node in module.stage_1.graph.nodes if node.op != "output"}
    assert paths == {"stage_1/x", "stage_1/conv1", "stage_1/conv2", "stage_1/join"}


@pytest.mark.parametrize("text", [specs.SEQUENTIAL, specs.RESIDUAL, specs.SIAMESE])
def test_a_seed_rules_all_weights(text):
    one = build(graph_of(text), seed=5).state_dict()
    torch.randn(7)
    two, other = (build(graph_of(text), seed=seed).state_dict() for seed in (5, 6))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_no_seed_follows_torch():
    graph = graph_of(specs.SEQUENTIAL)
    torch.manual_seed(1)
    one = build(graph).fc1.weight
    two = build(graph).fc1.weight
    torch.manual_seed(1)
    assert torch.equal(build(graph).fc1.weight, one)
    assert not torch.equal(one, two)


def test_another_layer_changes_no_weights():
    more = specs.SEQUENTIAL.replace("fc2:", "new: {type: Dense, units: 32}\n      fc2:")
    one = build(graph_of(specs.SEQUENTIAL), seed=0).state_dict()
    two = build(graph_of(more), seed=0).state_dict()
    assert len(two) == len(one) + 2
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_copies_of_a_block_start_apart():
    module = build(graph_of(specs.RESIDUAL), seed=0)
    assert not torch.equal(module.stage_1.conv1.weight, module.stage_2.conv1.weight)
