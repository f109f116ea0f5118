"""The package of `docs/plugin_example`: installed, linted, explained, trained with."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SPEC = """\
inputs: {x: [2]}
layers:
  hidden: {type: Dense, units: 4}
  bend: {type: Swish, beta: 1.5}
  y: {type: Dense, units: 1}
edges: [x -> hidden -> bend -> y]
outputs: {y: {loss: {type: pinball, quantile: 0.7}, metrics: [within_tolerance]}}
data:
  file: points.npz
  split: {validation: 0.25}
train: {epochs: 2, callbacks: [gpu_stats]}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the example package is installed into."""
    folder = tmp_path_factory.mktemp("plugin")
    shutil.copytree(ROOT / "docs" / "plugin_example", folder / "source")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--target", folder / "site",
         folder / "source"],
        check=True,
    )  # fmt: skip
    return folder / "site"


def modelspec(
    site: Path, folder: Path, *arguments: str, code: int = 0
) -> subprocess.CompletedProcess[str]:
    """What a command line says, with the plugin installed."""
    path = os.pathsep.join([str(site), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "modelspec", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A spec that uses all of the plugin, and its data."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(64, 2)).astype("float32")
    np.savez(tmp_path / "points.npz", x=x, y=x.sum(1, keepdims=True))
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_a_spec_with_a_plugin_is_linted_and_trained(installed: Path, folder: Path) -> None:
    modelspec(installed, folder, "lint", "spec.yaml", code=1)
    modelspec(installed, folder, "lint", "spec.yaml", "--plugin", "acme")
    done = modelspec(installed, folder, "train", "spec.yaml", "--plugin", "acme", "--name", "it")
    (run,) = (path for path in (folder / "runs" / "it").iterdir() if not path.is_symlink())
    assert (run / "gpu_stats.txt").read_text(encoding="utf-8") == "2\n", done.stdout
    assert "within_tolerance" in (run / "history.csv").read_text(encoding="utf-8")
    told = modelspec(installed, folder, "eval", str(run), "--plugin", "acme").stdout
    assert "within_tolerance" in told


@pytest.mark.parametrize("topic", ["Swish", "pinball", "within_tolerance", "gpu_stats"])
def test_what_it_declares_is_explained_and_in_the_schema(
    installed: Path, folder: Path, topic: str
) -> None:
    page = modelspec(installed, folder, "explain", topic, "--plugin", "acme").stdout
    assert topic in page
    schema = modelspec(installed, folder, "schema", "--plugin", "acme").stdout
    json.loads(schema)
    assert f'"{topic}"' in schema


def test_it_is_listed_among_the_layers(installed: Path, folder: Path) -> None:
    assert "Swish" in modelspec(installed, folder, "layers", "--plugin", "acme").stdout


def test_declaring_needs_no_torch(installed: Path, folder: Path) -> None:
    code = "import sys, acme; assert not {'torch', 'numpy'} & set(sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), str(ROOT)])}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder, env=env)
