"""Blocks: inline, from files, nested, repeated, with arguments; and what they may not do."""

from pathlib import Path

import pytest

from modelspec.diagnostics import Report
from modelspec.language import Model, Spec, context, read
from modelspec.source import load
from tests.language.reading import clean, edges, finding, model, read_text
from tests.work import work

HEAD = "inputs: {x: [8]}\noutputs: [out]\n"
DENSE = "{inputs: [i], params: {n: 4}, layers: {d: {type: Dense, units: $n}}, outputs: [d]}"


def inner(body: Model, *names: str) -> Model:
    for name in names:
        what = body.nodes[name].what
        assert isinstance(what, Model)
        body = what
    return body


def units(body: Model, *names: str) -> int:
    layer = inner(body, *names[:-1]).nodes[names[-1]].what
    return layer.units  # type: ignore[union-attr]


def test_one_model_a_set_of_arguments() -> None:
    body = model(
        HEAD + f"blocks: {{b: {DENSE}}}\n"
        "layers: {p: b, q: {type: b, n: 4}, r: {type: b, n: 4}, s: {type: b, n: 5, repeat: 2},"
        " out: {type: b, n: 4, trainable: false}}\n"
    )
    assert [units(body, name, "d") for name in ("p", "q", "s_1")] == [4, 4, 5]
    assert body.nodes["q"].what is body.nodes["r"].what is body.nodes["out"].what
    assert body.nodes["s_1"].what is body.nodes["s_2"].what
    assert body.nodes["q"].what is not body.nodes["s_1"].what
    assert not body.nodes["out"].trainable
    assert body.nodes["p"].block == "b"


def test_a_block_has_ports_and_no_losses() -> None:
    body = model(
        HEAD + "layers: {out: b}\n"
        "blocks:\n"
        "  b:\n"
        "    description: Two ways.\n"
        "    inputs: {left: {shape: [8]}, right: null}\n"
        "    layers: {d: Flatten, e: Flatten}\n"
        "    edges: [left -> d, right -> e]\n"
        "    outputs: {d: {}, second: {from: e}}\n"
    )
    block = inner(body, "out")
    assert block.description == "Two ways."
    assert block.inputs["left"].shape == (8,)
    assert (block.inputs["right"].shape, block.inputs["right"].dtype) == (None, None)
    assert [str(output.source) for output in block.outputs.values()] == ["d", "e"]


def test_scopes() -> None:
    body = model(
        HEAD + "params: {n: 2, m: 3}\n"
        "layers: {out: {type: outer, n: 5}}\n"
        "blocks:\n"
        f"  leaf: {DENSE}\n"
        "  outer:\n"
        "    params: {n: 7, k: '${n * m}'}\n"
        "    inputs: [i]\n"
        "    blocks: {leaf: {inputs: [i], layers: {d: {type: Dense, units: $k}}, outputs: [d]}}\n"
        "    layers: {l: leaf, p: plain, q: {type: Dense, units: $n}}\n"
        "    outputs: [q]\n"
        "  plain: {inputs: [i], layers: {l: {type: leaf, n: $m}}, outputs: [l]}\n"
    )
    assert units(body, "out", "q") == 5
    assert units(body, "out", "l", "d") == 15
    assert units(body, "out", "p", "l", "d") == 3
    assert inner(body, "out").params["m"] == 3


@pytest.mark.parametrize(
    ("layers", "code", "words"),
    [
        ("{out: {type: b, «m»: 3, n: 4}}", "MS201", "its params are `n`"),
        ("{out: {type: b, «nn»: 3}}", "MS201", "did you mean `n`?"),
        ("{«out»: b}", "MS202", "block `b` needs `n`"),
        ("{out: {type: b, n: $«k»}}", "MS207", "`k`"),
        ("{out: {type: b, n: 1, trainable: «maybe»}}", "MS203", "true or false"),
        ("{out: {type: «bb», n: 1}}", "MS205", "did you mean `b`?"),
        ("{out: {type: TimeDistributed, layer: {type: b, n: 1, «trainable»: false}}}", "MS201", ""),
    ],
)
def test_wrong_calls(layers: str, code: str, words: str) -> None:
    block = DENSE.replace("n: 4", "n: null")
    found = finding(HEAD + f"layers: {layers}\nblocks: {{b: {block}}}\n")
    assert found.code == code
    assert words in f"{found.message} {found.help}"


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("{inputs: [i], layers: {d: «Dens»}, outputs: [d]}", "MS205"),
        ("{inputs: [i], layers: {d: Flatten}, outputs: {d: «mse»}}", "MS203"),
        ("{inputs: [i], layers: {d: Flatten}, outputs: {d: {«loss»: mse}}}", "MS201"),
        ("{inputs: [i], layers: {d: Flatten}, outputs: [d], «train»: {}}", "MS201"),
        ("{inputs: [i], params: {«type»: 3}, layers: {d: Flatten}, outputs: [d]}", "MS210"),
        ("{inputs: [i], layers: {d: {use: «e»}}, outputs: [d]}", "MS301"),
        ("{inputs: [i], layers: {d: {type: Dense, units: $«m»}}, outputs: [d]}", "MS207"),
    ],
)
@pytest.mark.parametrize("call", ["out: b", "out: Flatten", "out: {type: b, repeat: 3}"])
def test_a_block_is_checked_once_used_or_not(block: str, code: str, call: str) -> None:
    shared = "shared: {e: {type: Dense, units: 8}}\n"
    found = finding(HEAD + shared + f"layers: {{{call}}}\nblocks: {{b: {block}}}\n")
    assert found.code == code


def test_inner_blocks_do_not_try_those_around_them() -> None:
    body = model(
        HEAD + "layers: {out: c}\n"
        "blocks:\n"
        "  a: {inputs: [i], layers: {l: Flatten}, outputs: [l]}\n"
        "  b: {inputs: [i], layers: {l: a}, outputs: [l]}\n"
        "  c: {inputs: [i], layers: {l: a}, outputs: [l]}\n"
        "  d: {inputs: [i], layers: {l: b}, outputs: [l]}\n"
    )
    assert edges(inner(body, "out", "l")) == ["i -> l"]


def test_recursion_shows_the_way_round() -> None:
    found = finding(
        HEAD + "layers: {out: a}\n"
        "blocks:\n"
        "  a: {inputs: [i], layers: {l: b}, outputs: [l]}\n"
        "  b: {inputs: [i], layers: {l: {type: c}}, outputs: [l]}\n"
        "  c: {inputs: [i], layers: {l: {type: «a», repeat: 2}}, outputs: [l]}\n"
    )
    assert found.code == "MS307"
    assert found.message == "block `a` contains itself: `a` -> `b` -> `c` -> `a`"
    assert [related.message for related in found.related] == [
        "`a` contains `b` here",
        "`b` contains `c` here",
        "`c` contains `a` here",
    ]
    assert [related.span.line for related in found.related] == [5, 6, 7]


def test_a_block_may_not_hold_itself() -> None:
    found = finding(
        HEAD + "layers: {out: a}\nblocks: {a: {inputs: [i], layers: {l: «a»}, outputs: [l]}}\n"
    )
    assert found.message == "block `a` contains itself: `a` -> `a`"


def test_depth_is_bounded() -> None:
    blocks = "".join(
        f"  b{i}: {{inputs: [i], layers: {{l: b{i + 1}}}, outputs: [l]}}\n" for i in range(500)
    )
    last = "  b500: {inputs: [i], layers: {l: Flatten}, outputs: [l]}\n"
    _, found = read_text(HEAD + "layers: {out: b0}\nblocks:\n" + blocks + last)
    assert {each.code for each in found} == {"MS104"}


def doubling_blocks(levels: int) -> str:
    """Blocks each of which holds the next twice, with other params: 2 ** levels bodies."""
    blocks = "".join(
        f"  b{i}: {{params: {{n: 0}}, inputs: [i], layers: {{l: {{type: b{i + 1}, "
        f'n: "${{n * 2}}"}}, m: {{type: b{i + 1}, n: "${{n * 2 + 1}}"}}}}, outputs: [m]}}\n'
        for i in range(levels)
    )
    last = f"  b{levels}: {{params: {{n: 0}}, inputs: [i], layers: {{l: Flatten}}, outputs: [l]}}\n"
    return HEAD + "layers: {out: b0}\nblocks:\n" + blocks + last


def test_the_number_of_models_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = read_text(doubling_blocks(25))
    assert "MS104" in {each.code for each in found}
    monkeypatch.setattr(context, "MAX_MODELS", 100)
    few, many = doubling_blocks(12), doubling_blocks(25)
    assert work(lambda: read_text(many)) < 2 * work(lambda: read_text(few))


def test_the_number_of_nodes_is_bounded() -> None:
    layers = ", ".join(f"l{i}: {{type: Flatten, repeat: 10000}}" for i in range(40))
    _, found = read_text(HEAD + f"layers: {{{layers}, out: Flatten}}\n")
    assert [each.code for each in found] == ["MS104"]


def test_nesting_by_indentation_is_no_recursion_error() -> None:
    text = "{inputs: [i], layers: {d: Flatten}, outputs: [d]}"
    for level in range(45):
        text = (
            f"{{inputs: [i], layers: {{d: b{level}}}, outputs: [d], blocks: {{b{level}: {text}}}}}"
        )
    _, found = read_text(HEAD + f"layers: {{out: b}}\nblocks: {{b: {text}}}\n")
    assert {each.code for each in found} == {"MS104"}


# Files


FILE = (
    "inputs: {x: [8]}\nparams: {n: 4}\nlayers: {d: {type: Dense, units: $n}}\noutputs: {d: mse}\n"
)


def read_files(folder: Path, top: str, **files: str) -> tuple[Spec | None, list[tuple[str, str]]]:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".yaml").write_text(text)
    (folder / "top.yaml").write_text(top)
    report = Report()
    document = load(str(folder / "top.yaml"), report)
    spec = document and read(document, report)
    return spec or None, [(Path(found.span.file).name, found.code) for found in report]


def test_files(tmp_path: Path) -> None:
    spec, found = read_files(
        tmp_path,
        HEAD + "params: {n: 9}\nlayers: {a: {type: f, n: 3}, out: g}\n"
        "blocks: {f: ./sub/f.yaml, g: sub/g.yaml}\n",
        sub__f=FILE + "train: {epochs: 3}\nname: eff\n",
        sub__g="inputs: [x]\nlayers: {h: f, i: f}\noutputs: [i]\nblocks: {f: f.yaml}\n",
    )
    assert found == []
    assert spec is not None
    assert units(spec.model, "a", "d") == 3
    assert units(spec.model, "out", "h", "d") == 4
    assert inner(spec.model, "out", "h") is inner(spec.model, "out", "i")
    assert inner(spec.model, "a").outputs["d"].loss is None
    assert [Path(document.file).name for document in spec.documents] == [
        "top.yaml",
        "f.yaml",
        "g.yaml",
    ]
    assert inner(spec.model, "a").place.document is spec.documents[1]


def test_a_file_sees_only_itself(tmp_path: Path) -> None:
    _, found = read_files(
        tmp_path,
        HEAD + "params: {m: 9}\nlayers: {out: f}\nblocks: {f: f.yaml}\n",
        f=FILE.replace("$n", "$m"),
    )
    assert found == [("f.yaml", "MS207")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("absent.yaml", "MS209"),
        (".", "MS209"),
        ("../f.yaml", "MS104"),
        ("/etc/passwd", "MS104"),
        ("link.yaml", "MS104"),
        ("sub/../../f.yaml", "MS104"),
    ],
)
def test_files_out_of_reach(tmp_path: Path, path: str, code: str) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "f.yaml").write_text(FILE)
    (folder / "link.yaml").symlink_to(tmp_path / "f.yaml")
    top = HEAD + f"layers: {{out: f}}\nblocks: {{f: «{path}»}}\n"
    file = str(folder / "top.yaml")
    plain = top.replace("«", "").replace("»", "")
    spec, found = read_text(plain, file=file)
    assert [(each.code, each.span.line, each.span.column) for each in found] == [(code, 4, 13)]
    assert spec is not None
    assert spec.model.nodes["out"].what is None
    if code == "MS104" and "passwd" not in path:
        _, found = read_text(plain, file=file, include_dirs=[str(tmp_path)])
        assert found == []


def test_files_that_are_no_specs(tmp_path: Path) -> None:
    top = HEAD + "layers: {out: f}\nblocks: {f: f.yaml}\n"
    for text, code in [("[1]", "MS203"), ("", "MS211"), ("a: [", "MS101"), ("\0", "MS101")]:
        _, found = read_files(tmp_path, top, f=text)
        assert found == [("f.yaml", code)]


def test_findings_in_a_file_are_said_once(tmp_path: Path) -> None:
    _, found = read_files(
        tmp_path,
        HEAD + "layers: {a: f, b: {type: f, n: 3}, out: f}\nblocks: {f: f.yaml}\n",
        f=FILE.replace("Dense", "Dens"),
    )
    assert found == [("f.yaml", "MS205")]


def test_recursion_through_files(tmp_path: Path) -> None:
    _, found = read_files(
        tmp_path,
        HEAD + "layers: {out: f}\nblocks: {f: f.yaml}\n",
        f="inputs: [x]\nlayers: {t: top}\noutputs: [t]\nblocks: {top: top.yaml}\n",
    )
    assert found == [("f.yaml", "MS307")]


def test_declaring_a_file_both_ways_is_no_recursion(tmp_path: Path) -> None:
    _, found = read_files(
        tmp_path,
        HEAD + "layers: {out: f}\nblocks: {f: f.yaml}\n",
        f=FILE + "blocks: {top: top.yaml}\n",
    )
    assert found == []


def test_edges_of_blocks() -> None:
    body = model(HEAD + f"layers: {{out: b}}\nblocks: {{b: {DENSE}}}\n")
    assert edges(inner(body, "out")) == ["i -> d"]
    assert clean(HEAD + "layers: {out: Flatten}").model.complete
