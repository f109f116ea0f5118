"""`modelspec explain` and its pages."""

import re

import pytest
import yaml
from rich.console import Console

from modelspec.cli import pages
from modelspec.cli.pages.terminal import lay_out
from modelspec.diagnostics import CODES
from modelspec.layers import registry
from modelspec.training import callbacks, losses, metrics, optimizers
from tests.cli.running import Run

TOPICS = [
    *CODES,
    *registry.names(),
    *losses.names(),
    *metrics.names(),
    *optimizers.names(),
    *callbacks.names(),
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
