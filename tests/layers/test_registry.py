"""Finding declarations, plugins, and what every declaration must say of itself."""

import ast
import inspect
import json
import subprocess
import sys
import textwrap
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError
from yaml import safe_load

from modelspec.diagnostics.plugin_error import PluginError
from modelspec.language.plugins import load_plugin
from modelspec.layers import Layer, registry
from modelspec.layers.values import Arity
from modelspec.shapes import Shape
from tests.golden.keras_names import needs_golden
from tests.plugging import unplugged

TYPES = """Dense Activation Dropout Flatten Reshape Permute RepeatVector Embedding Conv1D Conv2D
MaxPooling1D MaxPooling2D AveragePooling1D AveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D
GlobalAveragePooling1D GlobalAveragePooling2D BatchNormalization LayerNormalization LSTM GRU
Bidirectional TimeDistributed Concatenate Add Subtract Multiply Average Maximum Minimum Dot
ConvLSTM1D ConvLSTM2D ConvLSTM3D SimpleRNN Attention AdditiveAttention MultiHeadAttention
GroupedQueryAttention
CategoryEncoding CenterCrop Discretization Normalization Rescaling Resizing
Spread TemperatureScaling
GroupNormalization RMSNormalization SpectralNormalization UnitNormalization
MaxPooling3D AveragePooling3D
GlobalMaxPooling3D GlobalAveragePooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D
AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
RandomFlip RandomRotation RandomZoom RandomTranslation RandomShear RandomCrop RandomContrast
RandomBrightness RandomHue RandomGrayscale RandomInvert RandomSharpness RandomErasing
Masking
Identity ReLU LeakyReLU PReLU ELU Softmax GaussianNoise GaussianDropout AlphaDropout
SpatialDropout1D SpatialDropout2D SpatialDropout3D ActivityRegularization
Mean Sum Max Min Prod Elementwise Arithmetic Divide Matmul Clip Cast
ExpandDims Squeeze Stack GetItem
Var Std Logsumexp Norm Argmax Argmin Compare Logical Where Mod Arctan2 Split Tile Einsum GLU
ReversibleEmbedding
ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D
UpSampling1D UpSampling2D UpSampling3D
Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
EinsumDense DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D"""


def test_all_layers_are_there() -> None:
    assert registry.names() == sorted(TYPES.split())
    assert all(registry.find(name).__name__ == name for name in registry.names())
    assert registry.find("Linear") is None
    assert registry.find("_Merge") is None


def test_a_layer_is_found_in_whatever_form_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(
        textwrap.dedent("""
            class Plain(Layer):
                pass
            class Deeper(Plain): # said
                pass
            class _Base(base.Layer, Generic[T]):
                pass
            @decorated
            class Wrapped(
                _Base[int],
                Other,
            ):
                pass
            class New[T](Layer):
                pass
            class  Spaced (Layer, metaclass=Meta):
                pass
            class Option(BaseModel):
                pass
            class Bare:
                pass
            """)
    )
    (tmp_path / "far.py").write_text("import x\nclass Far(Deeper):\n    pass\n")
    found = dict.fromkeys(("Plain", "Deeper", "Wrapped", "New", "Spaced"), "odd")
    assert registry.types_in(str(tmp_path)) == {**found, "Far": "far"}


def test_a_type_costs_its_own_file_only() -> None:
    code = """
        import sys
        from modelspec.layers import registry
        registry.find("Dense")
        print([name for name in sys.modules if name in {"torch", "modelspec.layers.recurrent",
               "modelspec.layers.conv", "numpy", "importlib.resources"}])
    """
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


@pytest.mark.parametrize("name", registry.names())
def test_a_declaration_explains_itself(name: str) -> None:
    declaration = registry.find(name)
    text = inspect.getdoc(declaration) or ""
    own = not needs_golden(declaration, "layers")
    assert declaration.source if own else declaration.keras.endswith("/")
    assert "Output: " in text
    example = text.split("```yaml")[1].split("```")[0]
    assert name in example
    safe_load(textwrap.dedent(example))
    for cls in declaration.__mro__[: declaration.__mro__.index(Layer)]:
        assert undocumented(cls) == []


def undocumented(cls: type) -> list[str]:
    """The fields of a class without a string under them."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    return [
        statement.target.id
        for statement, after in zip(tree.body, [*tree.body[1:], None], strict=True)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and "ClassVar" not in ast.unparse(statement.annotation)
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]


@pytest.mark.parametrize("name", registry.names())
def test_json_schema_takes_the_examples(name: str) -> None:
    schema = registry.find(name).model_json_schema()
    json.dumps(schema)
    for example in registry.find(name).examples:
        assert example.arguments.keys() <= schema["properties"].keys()


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("Dense", {}, "missing"),
        ("Dense", {"units": 0}, "greater_than_equal"),
        ("Dense", {"units": "64"}, "int_type"),
        ("Dense", {"units": True}, "int_type"),
        ("Dense", {"units": 64.0}, "int_type"),
        ("Dense", {"units": 1, "activation": "rleu"}, "literal_error"),
        ("Dense", {"units": 1, "unit": 1}, "extra_forbidden"),
        ("Dense", {"units": 1, "bias_initializer": "orthogonal"}, "literal_error"),
        ("Dropout", {"rate": 1.0}, "less_than"),
        ("Dropout", {"rate": -0.1}, "greater_than_equal"),
        ("Conv2D", {"filters": 1, "kernel_size": [1, 2, 3]}, "too_long"),
        ("Conv2D", {"filters": 1, "kernel_size": 1.5}, "int_type"),
        ("Conv2D", {"filters": 1, "kernel_size": 3, "padding": "causal"}, "literal_error"),
        ("MaxPooling1D", {"strides": 0}, "greater_than_equal"),
        ("BatchNormalization", {"epsilon": 0}, "greater_than"),
    ],
)
def test_refuses_arguments(name: str, arguments: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        registry.find(name).model_validate(arguments)
    assert [error["type"] for error in caught.value.errors()] == [kind]


def test_one_integer_stands_for_two() -> None:
    conv = registry.find("Conv2D")
    assert conv(filters=1, kernel_size=3) == conv(filters=1, kernel_size=[3, 3])
    assert registry.find("Dot")(axes=1) == registry.find("Dot")(axes=[1, 1])
    assert registry.find("LayerNormalization")(axis=1).axis == (1,)
    assert {conv(filters=1, kernel_size=3), conv(filters=1, kernel_size=(3, 3))} == {
        conv(filters=1, kernel_size=3)
    }


class Twice(Layer):
    """Doubles its input."""

    twin: ClassVar[str] = "tests.layers.test_registry:TwiceTwin"
    arity: ClassVar[Arity] = Arity()

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


class Shadows:
    """Keeps a declaration that takes a core type's name."""

    class Dense(Twice):
        """Not the core one."""


def install(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Let an installed package offer layers."""
    entry = EntryPoint(name="mine", value=target, group="modelspec.layers")

    def entry_points(**wanted: str) -> EntryPoints:
        return EntryPoints([entry]).select(**wanted)

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    unplugged(monkeypatch)


@pytest.mark.parametrize(
    "target", ["tests.layers.test_registry:Twice", "tests.layers.test_registry"]
)
def test_a_plugin_adds_types(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    install(monkeypatch, target)
    assert registry.find("Twice") is None
    assert load_plugin("mine") == ["Twice"]
    assert load_plugin("mine") == ["Twice"]
    assert registry.find("Twice").__name__ == "Twice"
    assert "Twice" in registry.names()


def test_a_plugin_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "tests.layers.test_registry:Twice")
    with pytest.raises(LookupError, match="no plugin `yours` is installed \\(installed: mine\\)"):
        load_plugin("yours")


def test_a_plugin_must_have_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "tests.layers")
    with pytest.raises(LookupError, match="plugin `mine` declares nothing"):
        load_plugin("mine")


def test_a_plugin_cannot_replace_a_type(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "tests.layers.test_registry:Shadows.Dense")
    with pytest.raises(PluginError, match="declares the layer `Dense`, which is there already"):
        load_plugin("mine")
