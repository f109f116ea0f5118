"""Wrong plugins are refused: with the package's name, what is wrong and the way out."""

import importlib
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from modelspec.diagnostics.plugin_error import PluginError
from modelspec.language.plugins import load_plugin, plugin_at_fault
from modelspec.layers import registry
from modelspec.torch.losses import OutputLoss
from modelspec.training import callbacks, losses
from tests.layers.check_layer import check_layer
from tests.layers.check_reference import check_loss, check_metric, check_reference
from tests.plugging import unplugged

HEAD = """
from typing import ClassVar
from modelspec.layers import Layer
from modelspec.training.losses import Loss, Targets
from modelspec.training.metrics import Metric
from modelspec.training.schedules import Schedule
from modelspec.training.callback import Callback
from modelspec.training.callbacks.early_stopping import EarlyStopping
"""


@pytest.fixture
def plug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a package with some code in place of all that are installed."""

    def write(code: str, name: str = "odd", twins: str = "", **others: str) -> None:
        folder = tmp_path / "odd_package"
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text("")
        (folder / f"{name}.py").write_text(HEAD + code)
        (folder / "twins.py").write_text(twins)
        points = [
            EntryPoint(each, f"odd_package.{each}", "modelspec.plugins") for each in (name, *others)
        ]
        monkeypatch.setattr(
            "importlib.metadata.entry_points",
            lambda **given: EntryPoints(points).select(**given),
        )
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(tmp_path)
    unplugged(monkeypatch)
    yield write
    for module in [each for each in sys.modules if each.partition(".")[0] == "odd_package"]:
        del sys.modules[module]


LAYER = """
class {name}(Layer):
    "What it does."
    twin = "{twin}"
    def output_shape(self, *shapes): return shapes[0]
"""


@pytest.mark.parametrize(
    ("code", "message", "way_out"),
    [
        ("import no_such_package", "cannot be imported: ModuleNotFoundError", "python -c 'import"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3 (line 9 of", "python -c"),
        ("x = (", "cannot be imported: SyntaxError", "python -c"),
        ("", "declares nothing", "`Layer`, `Loss`, `Metric`"),
        (
            LAYER.format(name="Dense", twin="odd_package.twins:Dense"),
            "declares the layer `Dense`, which is there already",
            "call the class otherwise",
        ),
        (
            LAYER.format(name="Mine", twin=""),
            "layer `Mine` of plugin `odd` does not say where its torch twin is",
            'add `twin = "odd_package.twins:Mine"`',
        ),
        (
            LAYER.format(name="Mine", twin="odd_package.gone:Mine"),
            "is to be in `odd_package.gone`, which is no module",
            "write that module",
        ),
        (
            "class Mine(Layer):\n    twin = 'odd_package.twins:Mine'\n",
            "has no `output_shape`",
            "add `def output_shape(self, *shapes)`",
        ),
        (
            "class Mine(Layer):\n    twin = 'odd_package.twins:Mine'\n"
            "    def output_shape(self): return ()\n",
            "has `def output_shape(self)`, which cannot be called as it is",
            "write `def output_shape(self, *shapes)`",
        ),
        (
            "class Mine(Loss):\n    twin = 'odd_package.twins:Mine'\n    x: object = 1\n"
            "    y: 'NoSuchType' = 1\n",
            "the arguments of loss `Mine` of plugin `odd` cannot be read",
            "types that pydantic knows",
        ),
        (
            "class Mse(Loss):\n    twin = 'odd_package.twins:Mine'\n",
            "declares the loss `mse`, which is there already",
            "set its `type_name`",
        ),
        (
            "class MeanSquaredError(Metric):\n    twin = 'odd_package.twins:Mine'\n",
            "declares the metric `mean_squared_error`, which is there already",
            "set its `type_name`",
        ),
        ("class Mine(Schedule): pass", "has no `rate`", "add `def rate(self, step)`"),
        (
            "class Mine(Callback):\n    def on_epoch_end(self, run): pass\n",
            "has `def on_epoch_end(self, run)`",
            "write `def on_epoch_end(self, run, logs)`",
        ),
    ],
)
def test_it_is_refused(plug, code: str, message: str, way_out: str) -> None:
    plug(code)
    before = registry.names(), losses.names(), callbacks.names()
    with pytest.raises(PluginError) as refused:
        load_plugin("odd")
    assert message in str(refused.value)
    assert way_out in refused.value.help
    assert "plugin `odd`" in str(refused.value)
    assert (registry.names(), losses.names(), callbacks.names()) == before


def test_two_plugins_cannot_declare_one_name(plug) -> None:
    layer = LAYER.format(name="Mine", twin="odd_package.twins:Mine")
    plug(layer)
    plug(layer, "other", odd="")
    assert load_plugin("odd") == ["Mine"]
    with pytest.raises(PluginError, match="is there already, of plugin `odd`"):
        load_plugin("other")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("GPUStats", "gpu_stats"), ("HTTPLogger", "http_logger"), ("LogToS3", "log_to_s3")],
)
def test_a_callback_is_called_by_its_words(plug, name: str, wanted: str) -> None:
    plug(f"class {name}(EarlyStopping): pass")
    assert load_plugin("odd") == [wanted]
    assert callbacks.find(name) is callbacks.find(wanted) is not None


def test_a_class_may_say_what_it_is_called(plug) -> None:
    plug("class NaNs(Callback):\n    type_name: ClassVar[str] = 'nans'\n")
    assert load_plugin("odd") == ["nans"]


@pytest.mark.parametrize(
    ("twins", "message"),
    [
        ("", "has no torch twin `odd_package.twins:Mine`: AttributeError"),
        ("1 / 0", "has no torch twin `odd_package.twins:Mine`: ZeroDivisionError"),
        ("class Mine: pass", "is no twin"),
        ("from modelspec.torch.losses.twin import Twin\nclass Mine(Twin): pass", "has no `values`"),
        (
            "from modelspec.torch.losses.twin import Twin\n"
            "class Mine(Twin):\n    def values(self, prediction): return prediction",
            "has `def values(self, prediction)`, which cannot be called as it is",
        ),
    ],
)
def test_a_twin_that_does_not_fit_is_refused(plug, twins: str, message: str) -> None:
    plug("class Mine(Loss):\n    twin = 'odd_package.twins:Mine'\n", twins=twins)
    load_plugin("odd")
    with pytest.raises(PluginError) as refused:
        OutputLoss(losses.find("mine")())
    assert message in str(refused.value)
    assert refused.value.help


def test_an_error_in_its_code_is_the_plugins(plug) -> None:
    plug(
        "class Mine(Layer):\n    twin = 'odd_package.twins:Mine'\n"
        "    def output_shape(self, *shapes): return shapes[7]\n"
    )
    load_plugin("odd")
    with pytest.raises(IndexError) as failed:
        registry.find("Mine")().output_shape((1,))
    assert plugin_at_fault(failed.value) == "plugin `odd`"
    with pytest.raises(ZeroDivisionError) as other:
        1 / 0  # noqa: B018
    assert plugin_at_fault(other.value) is None


def test_the_command_line_says_it_without_a_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "broken-1.2.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.2\n")
    (folder / "entry_points.txt").write_text("[modelspec.plugins]\nbroken = broken\n")
    (tmp_path / "broken.py").write_text("raise RuntimeError('no licence')\n")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(root)!r}];"
         "from modelspec.cli import main; sys.exit(main())", "layers", "--plugin", "broken"],
        capture_output=True, text=True, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "plugin `broken` (broken 1.2) cannot be imported: RuntimeError: no licence" in said
    assert "Traceback" not in done.stderr


def test_the_example_computes_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "docs" / "plugin_example")
    unplugged(monkeypatch)
    point = EntryPoint("acme", "acme", "modelspec.plugins")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda **given: EntryPoints([point]).select(**given)
    )
    assert load_plugin("acme") == ["Swish", "gpu_stats", "pinball", "within_tolerance"]
    import acme

    for example in acme.Swish.examples:
        check_reference(acme.Swish, example)
        examined = acme.Swish(**example.arguments)
        check_layer(examined, example.shapes, example.dtype)
    for given in acme.Pinball.examples:
        check_loss(acme.Pinball(**given))
    for given in acme.WithinTolerance.examples:
        check_metric(acme.WithinTolerance(**given))
