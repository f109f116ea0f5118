"""What is printed computes what is built, without modelspec."""

import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from runpy import run_path

import pytest
import torch
from safetensors.torch import save_file

import modelspec
from modelspec.layers import registry
from modelspec.lint import examine
from modelspec.torch import build, code, code_of, switches
from tests.specs.test_specs import SMALLER
from tests.torch.printing.printed import check_printed, spec_of
from tests.torch.specs import graph_of

SPECS = (
    "batchnorm", "customers", "digits", "garments", "imdb_conv1d", "model_as_layer", "qa",
    "reviews", "sepconv", "seq2seq", "sequential", "siamese_lstm", "social",
    "transformer_encoder", "unet",
)  # fmt: skip
HIDDEN = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "modelspec":
            raise ImportError("modelspec is not here")
sys.meta_path.insert(0, Hidden())
import runpy
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads on a busy machine make small models many times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", registry.names())
def test_every_layer(name):
    for example in registry.find(name).examples[:: max(1, len(registry.find(name).examples) // 3)]:
        layer = registry.find(name)(**example.arguments)
        text = json.dumps(spec_of(layer, example), default=list)
        examined = examine("printed.yaml", text=text)
        assert examined.graph is not None, examined.report.errors
        check_printed(build(examined.graph, seed=0), examined.graph)


@pytest.mark.parametrize("name", SPECS)
def test_the_specs(name):
    spec = modelspec.load(f"specs/{name}.yaml", overrides=SMALLER.get(name, ()))
    with switches.DROPOUT.off():  # what is printed draws as torch does
        module = spec.build(seed=0)
    check_printed(module, spec.graph)


def test_it_runs_where_modelspec_is_not(tmp_path):
    spec = modelspec.load("specs/dates.yaml")
    module = spec.build(seed=0)
    file = tmp_path / "dates.py"
    file.write_text(code_of(module, spec.graph, "dates.safetensors"))
    save_file(module.state_dict(), tmp_path / "dates.safetensors")
    command = [sys.executable, "-c", HIDDEN, str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "letter [2, 1, 16]\n", "")


def test_what_is_frozen_stays_so():
    graph = graph_of("""
        inputs: {x: [4]}
        blocks:
          net:
            inputs: [x]
            layers: {fc: {type: Dense, units: 4}, norm: BatchNormalization}
            edges: [x -> fc -> norm]
            outputs: [norm]
        layers: {a: {type: net, trainable: false}, b: {type: net}}
        outputs: [b]
        """)
    check_printed(build(graph, seed=0), graph)


def test_names_of_the_file_are_free_for_nodes():
    graph = graph_of("""
        inputs: {torch: [T, 4]}
        blocks:
          MaxPool:
            inputs: [nn]
            layers: {pool: {type: MaxPooling1D, pool_size: 2, padding: same}}
            edges: [nn -> pool]
            outputs: [pool]
          Model: {inputs: [x], layers: {load: {type: Dense, units: 4}}, outputs: [load]}
        layers:
          masked: Masking
          masked_mean: GlobalAveragePooling1D
          nn: {type: MaxPool}
          Tensor: {type: Model}
          Path: {type: Flatten}
        edges:
          - torch -> masked -> masked_mean
          - torch -> nn -> Tensor
        outputs: [masked_mean, Tensor]
        """)
    module = build(graph, seed=0)
    assert "class MaxPool2(nn.Module)" in code_of(module, graph)
    check_printed(module, graph)


def test_a_file_without_weights_runs_as_it_is_printed(tmp_path):
    graph = graph_of("""
        inputs: {x: [T, 4]}
        layers: {memory: {type: LSTM, units: 3}}
        edges: [x -> memory]
        outputs: [memory]
        """)
    file = tmp_path / "printed.py"
    text = code(graph)
    file.write_text(text)
    shown = StringIO()
    with redirect_stdout(shown):
        run_path(str(file), run_name="__main__")
    assert shown.getvalue() == "memory [2, 3]\n"
    assert "safetensors`" not in text
