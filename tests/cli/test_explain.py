"""`modelspec explain` and its pages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from modelspec.cli import explain, pages
from modelspec.cli.pages import concepts, keys
from modelspec.cli.pages.terminal import lay_out
from modelspec.diagnostics import CODES
from modelspec.layers import registry
from modelspec.training import callbacks, losses, metrics, optimizers
from tests.cli.running import Run

ROOT = Path(__file__).parent.parent.parent
TOPICS = [
    *CODES,
    *registry.names(),
    *losses.names(),
    *metrics.names(),
    *optimizers.names(),
    *callbacks.names(),
    *concepts.names(),
    *keys.names(),
]


@pytest.mark.parametrize("topic", dict.fromkeys(TOPICS))
def test_there_is_a_page_for_all_there_is(topic: str) -> None:
    found = list(pages.pages(topic))
    assert found
    for page in found:
        assert page.startswith("# ")
        assert page.count("```") % 2 == 0
        for example in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
            assert CODES.get(topic) or yaml.safe_load(example)


def test_findings_are_known_by_code_and_by_name(run: Run) -> None:
    assert run("explain", "ms401").out == run("explain", "cycle").out
    out = run("explain", "MS401").out
    assert out.startswith("# MS401 cycle\n")
    assert "error[cycle]" in out
    assert "Fine:" in out


def test_a_layer_has_arguments_shapes_and_keras_page(run: Run) -> None:
    out = run("explain", "conv2d").out
    assert "| `filters` | integer >= 1 | required | The number of output channels. |" in out
    assert "| `padding` | `valid`, `same` | `valid` |" in out
    assert "| `{filters: 4, kernel_size: 3}` | `[6, 5, 2]` | `[4, 3, 4]` | 76 |" in out
    assert "<https://keras.io/api/layers/convolution_layers/convolution2d/>" in out
    assert "`relu`" in out


def test_a_name_of_two_things_has_two_pages(run: Run) -> None:
    out = run("explain", "mse").out
    assert "# mse (loss)" in out
    assert "# mse (metric)" in out


def test_what_is_not_there_is_2_and_the_nearest_is_named(run: Run) -> None:
    ran = run("explain", "Conv3")
    assert ran.code == 2
    assert "nothing called `Conv3`. Did you mean `Conv3D`?" in ran.err
    assert "`modelspec explain` lists" in run("explain", "zzzz").err


def test_other_names_are_understood(run: Run) -> None:
    assert "In modelspec, it is `Dense`." in run("explain", "Linear").err
    assert "`modelspec explain Activation` lists" in run("explain", "tanh").err


def test_alone_it_lists_all_topics(run: Run) -> None:
    out = run("explain").out
    for topic in (*CODES, *registry.names(), *optimizers.names()):
        assert f"- `{topic}` " in out


def test_a_terminal_shows_the_first_column_of_a_table_whole() -> None:
    console = Console(width=70, force_terminal=True, color_system=None)
    with console.capture() as captured:
        for page in pages.pages("LSTM"):
            lay_out(page, console)
    text = captured.get()
    for argument in ("recurrent_initializer", "kernel_initializer", "unit_forget_bias"):
        assert argument in text
    assert all(len(line) <= 70 for line in text.splitlines())


@pytest.mark.parametrize(
    ("topic", "words"),
    [("l2", "(regularizer)"), ("Variance_Scaling", "`fan_in`"), ("max_norm", "`max_value`")],
)
def test_options_of_weights_have_pages(topic: str, words: str, run: Run) -> None:
    out = run("explain", topic).out
    assert words in out
    assert "kernel_" in out


@pytest.mark.parametrize(
    "name",
    [
        *("freeze", "weights", "schedule", "callbacks", "blocks", "ports", "shared", "repeat"),
        *("data", "masks", "decode", "params", "inputs", "outputs", "edges", "open dimensions"),
        *("initial states", "normalize", "missing", "split", "resume", "distributed", "precision"),
        *("train", "features", "targets", "layers", "names", "shapes", "optimizer", "tune"),
    ],
)
def test_a_concept_is_a_section_of_a_page_with_an_example(name: str, run: Run) -> None:
    out = run("explain", name).out
    *_, page = out.strip().splitlines()
    file, _, anchor = page.removeprefix("Page: `").rstrip("`").partition("#")
    text = (ROOT / file).read_text(encoding="utf-8")
    headings = [heading.lower() for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    anchors = {re.sub(r"[^\w -]", "", heading).replace(" ", "-") for heading in headings}
    assert not anchor or anchor in anchors
    assert "```" in out or "|" in out or name in ("names", "shapes")
    assert "<!--" not in out
    assert f"- `{name}` " in run("explain").out


def test_concepts_are_found_by_each_of_their_names() -> None:
    assert len(concepts.names()) == len(set(concepts.names()))
    for concept in concepts.topics():
        assert pages.pages(concept.upper())
    assert pages.pages("callback") == pages.pages("callbacks")
    assert pages.pages("open_dimension") == pages.pages("open dimensions")


def test_a_key_has_a_page_for_each_section_that_has_it(run: Run) -> None:
    assert run("explain", "train.batch_size").out.startswith("# train.batch_size\n")
    out = run("explain", "pad").out
    assert "# features.text.pad\n" in out
    assert "# features.sequence.pad\n" in out


@pytest.mark.parametrize(
    ("topic", "meant"),
    [
        ("freez", "freeze"),
        ("f1", "f1_score"),
        ("r2", "r2_score"),
        ("train.lr", "train.learning_rate"),
        ("lr_schedule", "schedule"),
        ("n_epochs", "train.epochs"),
        ("train.epoch", "train.epochs"),
        ("cross_entropy", "categorical_crossentropy"),
    ],
)
def test_other_words_lead_to_topics(topic: str, meant: str, run: Run) -> None:
    ran = run("explain", topic)
    if ran.code:
        assert meant in ran.err
    else:
        assert meant in ran.out


def test_topics_complete() -> None:
    assert explain._completions("fre") == ["freeze"]
    assert {"Conv1D", "Conv2D"} <= set(explain._completions("conv"))
    assert "train.epochs" in explain._completions("train.")


def test_concepts_need_no_torch() -> None:
    code = (
        "import sys; from modelspec.cli import pages; pages.pages('freeze');"
        " sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
