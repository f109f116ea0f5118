"""Entries under `layers` and `shared`: what they mean, and what is said of wrong ones."""

import pytest

from modelspec.language import Use
from modelspec.layers.core import Dense
from tests.language.reading import chain, edges, finding, fixed, model, read_text


def test_layers() -> None:
    body = model(chain("a: {type: Dense, units: 3, trainable: false}, b: Flatten"))
    assert body.nodes["a"].what == Dense(units=3, trainable=False)
    assert not body.nodes["a"].trainable
    assert type(body.nodes["b"].what).__name__ == "Flatten"
    assert edges(body) == ["x -> a", "a -> b", "b -> out"]


def test_calls_of_shared_layers() -> None:
    body = model(
        chain("a: {use: e}, b: {use: e, trainable: false}", "shared: {e: {type: Dense, units: 8}}")
    )
    assert isinstance(body.nodes["a"].what, Use)
    assert body.nodes["a"].what.shared == "e"
    assert (body.nodes["a"].trainable, body.nodes["b"].trainable) == (True, False)
    assert body.shared["e"].what == Dense(units=8)


def test_wrappers() -> None:
    body = model(
        chain(
            "a: {type: TimeDistributed, layer: {use: e}}, "
            "b: {type: TimeDistributed, layer: Flatten}, "
            "c: {type: TimeDistributed, layer: blk}, "
            "d: {type: TimeDistributed, layer: "
            "{type: TimeDistributed, layer: {type: Dense, units: 2}}}",
            "shared: {e: {type: Dense, units: 8}}\n"
            "blocks: {blk: {inputs: [i], layers: {f: Flatten}, outputs: [f]}}",
        )
    )
    inner = [body.nodes[name].what.layer for name in "abcd"]  # type: ignore[union-attr]
    assert isinstance(inner[0], Use)
    assert type(inner[1]).__name__ == "Flatten"
    assert inner[2].name == "blk"
    assert inner[3].layer == Dense(units=2)


@pytest.mark.parametrize(
    ("layer", "code", "words"),
    [
        ("{type: Dense, «unit»: 4}", "MS201", "did you mean `units`?"),
        ("{type: Dense, «out_features»: 4}", "MS201", "did you mean `units`?"),
        ("{type: Dense, units: 4, «zzz»: 4}", "MS201", "Dense takes `units`"),
        ("{type: Dense, units: 4, «unitz»: 4}", "MS201", "which is given too"),
        ("{type: Dense, units: «'4'»}", "MS203", '`units` is an integer, not the text "4"'),
        ("{type: Dense, units: «4.5»}", "MS203", "not 4.5"),
        ("{type: Dense, units: «true»}", "MS203", "not true"),
        ("{type: Dense, units: «[4]»}", "MS203", "not a list"),
        ("{type: Dense, units: «0»}", "MS204", "must be at least 1"),
        ("{type: Dropout, rate: «1.5»}", "MS204", "`rate` is 1.5, and must be in [0, 1)"),
        ("{type: Dense, units: 4, activation: «rleu»}", "MS206", "did you mean `relu`?"),
        ("{type: Dense, units: 4, use_bias: «'true'»}", "MS203", "true or false"),
        ("{type: Conv2D, filters: 4, kernel_size: [3, «a»]}", "MS203", "item 2 of `kernel_size`"),
        ("{type: Conv2D, filters: 4, kernel_size: «[3, 3, 3]»}", "MS204", "takes at most 2"),
        ("{type: Conv2D, filters: 4, kernel_size: «[3]»}", "MS204", "needs more"),
        ("{type: «Dens», units: 4}", "MS205", "did you mean `Dense`?"),
        ("{type: «Linear», units: 4}", "MS205", "in modelspec, it is `Dense`"),
        ("{type: «Tanh»}", "MS205", "`Activation` with `activation: tanh`"),
        ("«MaxPool2d»", "MS205", "it is `MaxPooling2D`"),
        ("{type: «Zork»}", "MS205", "modelspec explain"),
        ("{type: «3»}", "MS203", "not 3"),
        ("«3»", "MS203", "not 3"),
        ("«[Dense]»", "MS203", "not a list"),
        ("{«typ»: Dense, units: 4}", "MS201", "did you mean `type`?"),
        ("{use: «e»}", "MS301", "declare it under `shared`"),
        ("{use: «[e]»}", "MS203", "not a list"),
        ("{type: Dense, units: 4, repeat: «0»}", "MS204", "must be from 1"),
        ("{type: Dense, units: 4, repeat: «2.5»}", "MS203", "`repeat` is an integer"),
        ("{type: Dense, units: 4, repeat: «10001»}", "MS204", "10,000"),
        ("{type: TimeDistributed, layer: {type: Dense, «unit»: 4}}", "MS201", "`units`"),
        ("{type: TimeDistributed, layer: {type: Dense, units: 4}, «layr»: 1}", "MS201", "`layer`"),
        ("{type: TimeDistributed, layer: «Dens»}", "MS205", "`Dense`"),
    ],
)
def test_wrong_layers(layer: str, code: str, words: str) -> None:
    found = finding(chain(f"a: {layer}"))
    assert found.code == code
    assert words in f"{found.message} {found.help}"
    assert found.path.startswith("layers.a")


@pytest.mark.parametrize(
    ("layers", "code", "words"),
    [
        ("«a»: {type: Dense}", "MS202", "Dense needs `units`"),
        ("«a»: {units: 3}", "MS202", "`a` needs a `type`"),
        ("«a»: null", "MS203", "not null"),
        ("«my-layer»: Flatten", "MS210", "`my_layer`"),
        ("«1a»: Flatten", "MS210", "`_1a`"),
        ("«3»: Flatten", "MS210", "`_3`"),
        ("«x»: Flatten", "MS302", "there is an input of that name"),
        ("a_1: Flatten, «a»: {type: Flatten, repeat: 2}", "MS302", "copy `a_1`"),
        ("a: {type: Flatten, repeat: 2}, «a_2»: Flatten", "MS302", "`a_2`"),
    ],
)
def test_wrong_names(layers: str, code: str, words: str) -> None:
    found = finding(chain(layers))
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_several_findings_of_one_layer() -> None:
    _, found = read_text(chain("a: {type: Dense, units: '4', activation: rleu, zzz: 1}"))
    assert [each.code for each in found] == ["MS203", "MS206", "MS201"]


@pytest.mark.parametrize(
    ("layer", "mended"),
    [
        ("{type: Dense, «unit»: 4}", "{type: Dense, units: 4}"),
        ("{type: Dense, units: «'4'»}", "{type: Dense, units: 4}"),
        ("{type: Activation, activation: «rleu»}", "{type: Activation, activation: relu}"),
        ("{type: «Linear», units: 4}", "{type: Dense, units: 4}"),
        ("{«typ»: Flatten}", "{type: Flatten}"),
    ],
)
def test_fixes(layer: str, mended: str) -> None:
    assert f"a: {mended}," in fixed(chain(f"a: {layer}"))


def test_what_is_broken_is_none() -> None:
    spec, found = read_text(chain("a: {type: Dens}, b: Flatten"))
    assert len(found) == 1
    assert spec is not None
    assert spec.model.nodes["a"].what is None
    assert spec.model.complete
    assert edges(spec.model) == ["x -> a", "a -> b", "b -> out"]


def test_a_broken_call_leaves_the_model_incomplete() -> None:
    """Else its shared layer would be said to be unused."""
    spec, found = read_text(chain("a: {use: enc}", "shared: {encoder: {type: Dense, units: 8}}"))
    assert [each.code for each in found] == ["MS301"]
    assert spec is not None
    assert not spec.model.complete


def test_repeat() -> None:
    body = model(chain("a: {type: Dense, units: 8, repeat: 3}, b: {type: Flatten, repeat: 1}"))
    assert list(body.nodes) == ["a_1", "a_2", "a_3", "b_1", "out"]
    assert edges(body) == ["x -> a_1", "a_1 -> a_2", "a_2 -> a_3", "a_3 -> b_1", "b_1 -> out"]
    repeat = body.nodes["a_2"].repeat
    assert repeat is not None
    assert (repeat.name, repeat.index, repeat.count) == ("a", 2, 3)


def test_edges_enter_the_first_copy_and_leave_the_last() -> None:
    body = model(
        "inputs: {x: [8]}\n"
        "layers: {a: {type: Dense, units: 8, repeat: 3}, b: Add}\n"
        "edges:\n  - x -> a -> b\n  - a_2 -> b\n"
        "outputs: {y: {from: a}, z: {from: b}}\n"
    )
    assert edges(body) == ["a_1 -> a_2", "a_2 -> a_3", "x -> a_1", "a_3 -> b", "a_2 -> b"]
    assert str(body.outputs["y"].source) == "a_3"
