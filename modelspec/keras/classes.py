"""From a Keras class and its arguments to a declaration's, by the names of its fields."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from modelspec.diagnostics import did_you_mean
from modelspec.keras.model import snake_case
from modelspec.keras.unsupported import finding
from modelspec.language.yaml_writer import flow
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from modelspec.diagnostics import Report
    from modelspec.keras.body import Entry
    from modelspec.keras.model import KerasLayer

NO_MATTER = frozenset({"seed", "unroll", "implementation"})
"""Arguments that change no number in prediction, as `golden/make_idle_arguments.py` has measured;
`implementation`, of Keras 2 alone, chose between two orders of the same products."""
ELSEWHERE = frozenset(
    "name dtype stateful return_state data_format batch_shape batch_input_shape layer"
    " backward_layer".split()
)
"""Arguments that the graph says, or that are looked at on their own."""
_BY_AXIS = frozenset(
    "axis kernel_size strides dilation_rate pool_size output_padding output_size size".split()
)
"""Arguments that Keras saves as a list of one where there is one axis."""
NO_MATTER_TO = {"Discretization": ("epsilon", "num_bins"), "Resizing": ("fill_mode",)}
"""The same of single classes: what counts in `adapt` alone, and a mode that is the only one."""
_ON = frozenset({"tie_weights"})
"""Arguments that no declaration has, and that are true by default."""
_OF_ONE_WAY = ("name", "go_backwards", "seed")
"""In what the two layers of a Bidirectional may differ."""
_SHOWN = 60
"""Arguments are shown up to this length."""
_POLICIES = ("float32", "mixed_float16", "mixed_bfloat16")
_SCALE_LAYERS = {"LayerScale": "convnext", "CustomScaleLayer": "inception_resnet_v2"}


class Converter:
    """Turns layers into entries of a spec, and reports what cannot be turned.

    Args:
        file: What findings call the Keras file.
        report: Takes the findings.
        weighted: Whether the weights come along, and no array is needed to start from.

    Attributes:
        notes: What the user should know of the whole.
    """

    def __init__(self, file: str, report: Report, *, weighted: bool = False) -> None:
        self._file = file
        self._report = report
        self._weighted = weighted
        self.notes: set[str] = set()

    def entry(self, layer: KerasLayer) -> Entry:
        """What stands under `layers`: the type and the arguments that are not its defaults."""
        entry = self._convert(layer.name, layer.type, layer.module, layer.config)[0]
        rank = len(layer.input_shape) if _is_shape(layer.input_shape) else 0
        if rank and entry.get("axis") == rank - 1:
            entry["axis"] = -1
        declaration = registry.find(layer.type)
        if declaration is not None and "axis" in entry:
            default = declaration.model_fields["axis"].default
            if entry["axis"] == default or [entry["axis"]] == default:
                del entry["axis"]
        return entry

    def complain(self, layer: str, message: str, help: str = "") -> None:
        """Report a layer (MS902)."""
        self._report.add(finding("MS902", self._file, f"`{layer}` {message}", help))

    def _convert(
        self, name: str, kind: str, module: str, config: dict[str, Any]
    ) -> tuple[Entry, Layer | None]:
        declaration = registry.find(kind)
        if declaration is None or not module.startswith("keras"):
            self._unknown(name, kind, module)
            return {"type": kind}, None
        given, inner = self._arguments(name, kind, declaration, config)
        wrapped: dict[str, Any] = {"layer": inner[1]} if inner else {}
        try:
            made = declaration(**given, **wrapped)
        except ValidationError as error:
            for problem in error.errors():
                self.complain(name, f"({kind}) {_wrong(problem)}")
            return {"type": kind}, None
        fields = {field.alias or key: field for key, field in declaration.model_fields.items()}
        attributes = {field.alias or key: key for key, field in declaration.model_fields.items()}
        entry: Entry = {"type": kind}
        if inner is not None:
            entry["layer"] = inner[0]
        for key, value in given.items():
            if value == "random_uniform" and fields[key].default == "uniform":
                continue
            if getattr(made, attributes[key]) != fields[key].get_default(call_default_factory=True):
                entry[key] = _short(declaration, made, given, key, value)
        return entry, made

    def _arguments(
        self, name: str, kind: str, declaration: type[Layer], config: dict[str, Any]
    ) -> tuple[dict[str, Any], tuple[Entry, Layer | None] | None]:
        given: dict[str, Any] = {}
        inner = None
        self._check_formats(name, kind, config)
        self._check_backward(name, config)
        names = {field.alias or key: field for key, field in declaration.model_fields.items()}
        for key, raw in config.items():
            value = plain(raw)
            if key in _BY_AXIS and isinstance(value, list) and len(value) == 1:
                (value,) = value
            if self._weighted and key.endswith("_initializer") and _is_array(value):
                continue
            if value == [] and kind == "Normalization" and key == "axis":
                continue  # one number for all, which is what the mean and the variance are then
            if key == "layer" and isinstance(raw, dict):
                inner = self._inner(name, kind, raw)
            elif key in names:
                if not _is_idle(names[key], key, value):
                    given[key] = value
            elif not (
                key in NO_MATTER | ELSEWHERE
                or key in NO_MATTER_TO.get(kind, ())
                or value is None
                or value is (key in _ON)
            ):
                near = did_you_mean(key, names)
                help = f"`{kind}` has `{near}`" if near else ""
                self.complain(name, f"({kind}) has `{key}: {value}`, which is not known", help)
        return given, inner

    def _check_backward(self, name: str, config: dict[str, Any]) -> None:
        """See to it that both directions of a Bidirectional are alike, as they are here."""
        there, back = (_but_direction(config.get(key)) for key in ("layer", "backward_layer"))
        if back is not None and there != back:
            message = "(Bidirectional) has a `backward_layer` that is another than its `layer`"
            help = "call the two layers on their own, one with `go_backwards`, and join them"
            self.complain(name, message, help)

    def _inner(self, name: str, kind: str, saved: dict[str, Any]) -> tuple[Entry, Layer | None]:
        module = str(saved.get("module") or "")
        config = saved["config"]
        if kind == "Bidirectional":  # which sets it on its own, here and in Keras
            config = {key: config[key] for key in config if key != "zero_output_for_mask"}
        return self._convert(name, saved["class_name"], module, config)

    def _check_formats(self, name: str, kind: str, config: dict[str, Any]) -> None:
        if config.get("data_format") == "channels_first":
            self.complain(name, f"({kind}) has channels first; only channels last are known")
        policy = config.get("dtype")
        if isinstance(policy, dict):
            policy = policy.get("config", {}).get("name")
        if isinstance(policy, str) and policy not in _POLICIES and not policy.startswith("int"):
            self.complain(name, f"({kind}) computes in `{policy}`; only float32 is known")
        if isinstance(policy, str) and policy.startswith("mixed_"):
            half = policy.removeprefix("mixed_")
            self.notes.add(
                f"Keras computes in `{policy}`, this spec in float32; `precision: {half}` under"
                " `train` trains in 16 bits too."
            )
        if config.get("stateful"):
            self.complain(name, f"({kind}) keeps its state from batch to batch (`stateful`)")

    def _unknown(self, name: str, kind: str, module: str) -> None:
        if kind == "Lambda":
            message = "is a `Lambda`: it holds Python code, which is not run"
            help = "write what it does as layers, and save the model again"
        elif not module.startswith("keras"):
            message = f"is a `{kind}` of somebody's own, which is not known"
            help = "write what it does as layers of Keras, and save the model again"
        else:
            message, help = f"is a `{kind}`, which is not known", ""
            near = did_you_mean(kind, registry.names())
            if near:
                help = f"the nearest known type is `{near}`"
        self.complain(name, message, help)


def is_scale_layer(layer: KerasLayer) -> bool:
    """Whether it is one of the layers that `keras.applications` defines for itself."""
    home = _SCALE_LAYERS.get(layer.type)
    return home is not None and layer.module == f"keras.src.applications.{home}"


def plain(value: Any) -> Any:
    """A saved argument as plain data: names for functions, `{type: ...}` for other objects."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    kind, config = value["class_name"], value.get("config")
    if kind == "function":
        return config
    if "module" in value and not str(value["module"]).startswith("keras"):
        return value.get("registered_name") or kind
    if not isinstance(config, dict):
        return config
    if kind in ("__numpy__", "__tensor__"):
        return config["value"]
    arguments = {key: plain(item) for key, item in config.items() if key != "seed"}
    defaults = _DEFAULTS.get(kind, {})
    kept = {
        key: item
        for key, item in arguments.items()
        if item is not None and defaults.get(key, _Missing) != item
    }
    name = snake_case(kind)
    return {"type": name, **kept} if kept else name


class _Missing:
    pass


_DEFAULTS: dict[str, dict[str, Any]] = {
    "RandomNormal": {"mean": 0.0, "stddev": 0.05},
    "TruncatedNormal": {"mean": 0.0, "stddev": 0.05},
    "RandomUniform": {"minval": -0.05, "maxval": 0.05},
    "VarianceScaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    "Orthogonal": {"gain": 1.0},
    "Constant": {},
}
"""The arguments of Keras's objects that go without saying."""


def _wrong(problem: ErrorDetails) -> str:
    """What is wrong with an argument."""
    where = ".".join(map(str, problem["loc"]))
    given = flow(problem["input"]) if where else ""
    if not where or len(given) > _SHOWN:
        return f"has a `{where}` that is not known: {problem['msg']}".replace("a ``", "something")
    if problem["type"] == "literal_error":
        return f"has `{where}: {given}`, which is not known"
    return f"has `{where}: {given}`, which is not known: {problem['msg']}"


def _but_direction(saved: Any) -> Any:
    """What two layers have in common that differ in name and direction."""
    if not isinstance(saved, dict) or not isinstance(saved.get("config"), dict):
        return None
    own = {key: plain(value) for key, value in saved["config"].items()}
    return saved.get("class_name"), {k: v for k, v in own.items() if k not in _OF_ONE_WAY}


def _is_idle(field: FieldInfo, key: str, value: Any) -> bool:
    """Whether a saved argument says no more than its absence."""
    if value is None:
        return field.default is None or NoneType not in get_args(field.annotation)
    return key == "activation" and value == "linear" and field.default is None


def _is_array(initializer: Any) -> bool:
    """Whether weights start as numbers of their own, such as embeddings that were there before."""
    return isinstance(initializer, dict) and isinstance(initializer.get("value"), list)


def _is_shape(value: Any) -> bool:
    """Whether a saved shape is that of one tensor."""
    return isinstance(value, list) and not any(isinstance(size, list | dict) for size in value)


def _short(
    declaration: type[Layer], made: Layer, given: dict[str, Any], key: str, value: Any
) -> Any:
    """3 for [3, 3], where the declaration takes it for the same."""
    for shorter in _shorter(value):
        try:
            same = declaration(**{**_as_made(made, given), key: shorter})
        except ValidationError:
            continue
        if same == made:
            return shorter
    return value


def _as_made(made: Layer, given: dict[str, Any]) -> dict[str, Any]:
    inner = {"layer": made.layer} if hasattr(made, "layer") else {}
    return {**given, **inner}


def _shorter(value: Any) -> list[Any]:
    """The shorter ways of writing a list, the shortest first."""
    if not isinstance(value, list) or not value:
        return []
    parts = [item[0] if _is_even(item) else item for item in value]
    found = [parts] if parts != value else []
    if all(part == parts[0] for part in parts):
        found.insert(0, parts[0])
    return found


def _is_even(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and all(part == item[0] for part in item)
