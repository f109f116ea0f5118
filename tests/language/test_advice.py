"""What people bring along from Keras and torch, and what they are told."""

import pytest

from .reading import chain, finding, read_text

EMBED = "inputs: {{x: {{shape: [4], dtype: {0}}}}}\nlayers: {{a: {{{1}}}}}\noutputs: [a]\n"


@pytest.mark.parametrize(
    ("key", "help"),
    [
        ("name: a", "a layer's name is its key, here `a`"),
        ("input_shape: [8]", "shapes are declared at `inputs`; every layer works its own out"),
        ("inputs: x", "what leads into a layer is an edge: `edges: [before -> a]`"),
        ("loss: mse", "each output has its own: `outputs: {a: {loss: ...}}`"),
        ("data_format: channels_first", "tensors are channels-last: `[height, width, channels]`"),
    ],
)
def test_keys_that_keras_has_and_no_layer_here(key: str, help: str) -> None:
    found = finding(
        chain(f"a: {{type: Dense, units: 3, «{key.split(':')[0]}»: {key.split(': ')[1]}}}")
    )
    assert (found.code, found.help, found.fix) == ("MS201", help, None)


def test_no_flag_asks_for_a_state() -> None:
    found = finding(
        "inputs: {x: [T, 3]}\n"
        "layers: {read: {type: LSTM, units: 2, «return_state»: true}}\n"
        "outputs: [read]\n"
    )
    assert found.help == "no flag is needed: name the port in an edge, `read.state`"


def test_other_names_of_arguments_hide_what_they_stand_for() -> None:
    found = finding(EMBED.format("int64", "type: Embedding, «vocab_size»: 9, output_dim: 2"))
    assert found.help == "did you mean `input_dim`?"


def test_a_wrapper_says_where_the_inner_layers_arguments_stand() -> None:
    found = finding(
        "inputs: {x: [4, 3]}\n"
        "layers: {a: {type: TimeDistributed, layer: Flatten, «units»: 3}}\n"
        "outputs: [a]\n"
    )
    assert found.help.endswith("stands with it: `layer: {type: ..., ...}`")


def test_int_is_int64() -> None:
    found = finding(EMBED.format("«int»", "type: Embedding, input_dim: 9, output_dim: 2"))
    assert found.help == "did you mean `int64`?"


def test_a_single_item_is_no_list() -> None:
    rest = "outputs: {a: {loss: mse, metrics: «mae»}}"
    found = finding("inputs: {x: [8]}\nlayers: {a: {type: Dense, units: 3}}\n" + rest)
    assert found.help == "write `[mae]`"


@pytest.mark.parametrize("argument", ["units: «$n»", "units: 3, repeat: «$n»"])
def test_a_wrong_value_of_a_param_leads_to_the_param(argument: str) -> None:
    found = finding(chain(f"a: {{type: Dense, {argument}}}", "params: {n: 0}"))
    assert found.help == "`$n` stands for it: change the param, where it is given"


def test_repeats_of_a_block_is_repeat() -> None:
    found = finding(
        chain("a: {type: b, «repeats»: 2}")
        + "blocks: {b: {inputs: [x], layers: {y: Flatten}, outputs: [y]}}\n"
    )
    assert found.help == "did you mean `repeat`?"


@pytest.mark.parametrize("edge", ["«x - > a»", "«x => a»", "«x -»-> a", "«x - a»", "«x > a»"])
def test_arrows_that_are_none(edge: str) -> None:
    found = finding(
        f"inputs: {{x: [8]}}\nlayers: {{a: Flatten}}\nedges:\n  - {edge}\noutputs: [a]\n"
    )
    assert (found.code, found.help[:13]) == ("MS308", "write `->`, n")


@pytest.mark.parametrize(
    ("type", "begin"),
    [
        ("Input", "inputs stand"),
        ("Sequential", "a model inside"),
        ("Lambda", "a spec holds no code"),
    ],
)
def test_what_is_no_layer_here(type: str, begin: str) -> None:
    found = finding(chain(f"a: {{type: «{type}»}}"))
    assert (found.code, found.fix) == ("MS205", None)
    assert found.help.startswith(begin)


def test_what_compile_and_fit_take_stands_elsewhere() -> None:
    _, found = read_text(
        chain("a: Flatten", "train: {loss: mse, metrics: [mae], validation_split: 0.1, verbose: 1}")
    )
    assert [each.help.split(":")[0] for each in found] == [
        "each output has its own",
        "each output has its own",
        "say it under `data`",
        "a run shows its progress on a terminal, and a line an epoch in a pipe",
    ]


def test_yes_is_true() -> None:
    _, found = read_text(chain("a: {type: Dense, units: 3, use_bias: yes}"))
    wrong = found[-1]
    assert (wrong.code, wrong.help) == ("MS203", "write `true`")
    assert wrong.fix is not None
    assert wrong.fix.text == "true"


def test_a_tuple_is_a_list() -> None:
    text = "inputs: {x: [8, 8, 1]}\nlayers:\n  a:\n    type: Conv2D\n    filters: 2\n"
    found = finding(text + "    kernel_size: «(3, 3)»\noutputs: [a]\n")
    assert found.help == "a list is written in brackets, `[2, 2]`"


def test_an_optimizer_is_not_called() -> None:
    found = finding(chain("a: Flatten", "train: {optimizer: «Adam(0.001)»}"))
    assert found.help == "write `{type: adam, learning_rate: 0.001}`, with its arguments as keys"
    assert found.fix is None
