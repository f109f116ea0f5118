"""The `train` section: the optimizer, how long, and what watches the run."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from modelspec.language.durations import Duration, seconds
from modelspec.language.typed import typed
from modelspec.language.validation import validated
from modelspec.training import callbacks, optimizers, schedules
from modelspec.training.schedules.base import Positive

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.source import Place
    from modelspec.training.callback import Callback
    from modelspec.training.optimizers import Optimizer
    from modelspec.training.schedules import Schedule

Precision: TypeAlias = Literal["float32", "bfloat16", "float16"]
Compile: TypeAlias = bool | Literal["auto"]
Strategy: TypeAlias = Literal["ddp", "fsdp"]
_Path: TypeAlias = Annotated[str, Field(min_length=1)]


class TrainSection(BaseModel):
    """How a model is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    optimizer: str | dict[str, Any] = "adam"
    """The optimizer's name, or `{type: adam, beta_1: 0.9}`."""
    learning_rate: Positive | dict[str, Any] | None = None
    """The step size, or a schedule, `{type: cosine_decay, ...}`; by default the optimizer's own."""
    warmup_steps: Annotated[int, Field(gt=0)] | None = None
    """In how many steps the learning rate first rises to what it is, or to where its schedule
    begins."""
    epochs: Annotated[int, Field(gt=0)] = 1
    """How many times to go through the training rows."""
    batch_size: Annotated[int, Field(gt=0)] = 32
    """How many rows one update of the weights is made of."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What the first weights, the shuffling and dropout are drawn from."""
    shuffle: bool = True
    """Whether every epoch takes the training rows in an order of its own."""
    weights: _Path | Annotated[dict[_Path, _Path], Field(min_length=1)] | None = None
    """What to start from: a file of safetensors or of Keras, or a run, by a path relative to the
    spec's folder. What has the same name and shape is taken, and it is said what is not. Of parts
    of the model, each a file by the name of its node or shared layer: `{base: base.safetensors}`;
    `{encoder/base: ...}` is a node in a block."""
    freeze: list[Annotated[str, Field(min_length=1)]] = []
    """The nodes that training leaves as they are: names, or patterns, `stage_*`."""
    learning_rate_multipliers: dict[Annotated[str, Field(min_length=1)], Positive] = {}
    """How many times the learning rate some nodes learn at, by name or pattern, `{stage_*: 0.1}`.
    The first that fits a node is its own; where none does, it is 1."""
    gradient_clip: Positive | None = None
    """All gradients together are scaled down to this norm: the optimizer's `global_clipnorm`."""
    accumulate: Annotated[int, Field(gt=0)] | None = None
    """How many batches one update is made of, by the mean of their gradients: the optimizer's
    `gradient_accumulation_steps`."""
    precision: Precision = "float32"
    """What layers compute in while training. Weights, losses and metrics are `float32` all the
    same, and so are `eval` and `predict`."""
    strategy: Strategy = "ddp"
    """What the processes that `torchrun` starts hold: `ddp`, each the whole model; `fsdp`, each a
    part of every weight, which large models need."""
    compile: Compile = False
    """Whether torch's compiler makes kernels for this very model, with a C++ compiler: on a CPU one
    call for each whole step. Small dense models train 1.2 to 1.7 times as fast, convolutions often
    slower; a run says before its first epoch what it gains and costs there. With `auto`, a long run
    on a CPU has them made while it goes on, and takes them at an epoch's end if they are faster."""
    deterministic: bool = False
    """Whether to refuse operations that give other numbers each time, as a few do on GPUs."""
    validate_every: Annotated[int, Field(gt=0)] | None = None
    """Measure the validation rows also after so many batches, in the middle of an epoch."""
    time_limit: Duration | None = None
    """After how long, `90s` or `1h 30m`, the run is saved and left, to be gone on with by
    `--resume`."""
    callbacks: list[str | dict[str, Any]] = []
    """What watches the run: names, or `{type: early_stopping, patience: 3}`."""


class CallbackSetting(NamedTuple):
    """A callback as it was written, and where. A run works on copies."""

    callback: "Callback"
    place: "Place"


class TrainSettings(NamedTuple):
    """A resolved `train` section. Its fields are `TrainSection`'s.

    Attributes:
        optimizer: With `learning_rate`, `gradient_clip` and `accumulate` filled in.
        weights: What to start from, by the node that it is for; the whole model is called "".
        place: The section; `place.at("epochs")` is an entry.
        time_limit: In seconds.
    """

    optimizer: "Optimizer"
    epochs: int
    batch_size: int
    seed: int
    shuffle: bool
    callbacks: tuple[CallbackSetting, ...]
    place: "Place"
    weights: tuple[tuple[str, str], ...] = ()
    freeze: tuple[str, ...] = ()
    learning_rate_multipliers: tuple[tuple[str, float], ...] = ()
    precision: Precision = "float32"
    strategy: Strategy = "ddp"
    compile: Compile = False
    deterministic: bool = False
    validate_every: int | None = None
    time_limit: float | None = None


def read_train(value: object, place: "Place", report: "Report") -> TrainSettings | None:
    """Read a `train` section.

    Args:
        value: What stands there.
        place: Where it stands.
        report: Takes the findings, each at the very token.

    Returns:
        None where any part is broken; all parts are looked at all the same.
    """
    section = validated(TrainSection, value, place, report)
    entries = value if isinstance(value, dict) else {}
    optimizer = _optimizer(entries.get("optimizer", "adam"), place.at("optimizer"), report)
    rate = _rate(entries.get("learning_rate"), place.at("learning_rate"), report)
    settings = _callbacks(entries.get("callbacks"), place.at("callbacks"), report)
    if section is None or optimizer is None or settings is None:
        return None
    if section.learning_rate is not None and rate is None:
        return None
    if _said_twice(section, optimizer, place, report):
        return None
    given = {
        "learning_rate": _warmed(rate or optimizer.learning_rate, section.warmup_steps),
        "global_clipnorm": section.gradient_clip,
        "gradient_accumulation_steps": section.accumulate if section.accumulate != 1 else None,
    }
    update = {name: value for name, value in given.items() if value is not None}
    optimizer = optimizer.model_copy(update=update) if update else optimizer
    if settings:
        from modelspec.language.clashes import check_callbacks

        if check_callbacks(settings, optimizer, report):
            return None
    return TrainSettings(
        optimizer=optimizer,
        epochs=section.epochs,
        batch_size=section.batch_size,
        seed=section.seed,
        shuffle=section.shuffle,
        callbacks=settings,
        place=place,
        weights=_by_node(section.weights),
        freeze=tuple(section.freeze),
        learning_rate_multipliers=tuple(section.learning_rate_multipliers.items()),
        precision=section.precision,
        strategy=section.strategy,
        compile=section.compile,
        deterministic=section.deterministic,
        validate_every=section.validate_every,
        time_limit=seconds(section.time_limit) if section.time_limit else None,
    )


def weights_place(place: "Place", node: str) -> "Place":
    """Where `train.weights` says what a node starts from.

    Args:
        place: The section.
        node: Its path; "" for the whole model.
    """
    return place.at("weights", node) if node else place.at("weights")


def _by_node(weights: str | dict[str, str] | None) -> tuple[tuple[str, str], ...]:
    if weights is None:
        return ()
    return (("", weights),) if isinstance(weights, str) else tuple(weights.items())


def _warmed(rate: "float | Schedule", steps: int | None) -> "float | Schedule":
    """A rate after so many steps of warming up."""
    if steps is None:
        return rate
    from modelspec.training.schedules.decay import Constant
    from modelspec.training.schedules.warmup import Warmup

    then = Constant(learning_rate=rate) if isinstance(rate, int | float) else rate
    return Warmup(steps=steps, then=then)


def _said_twice(
    section: TrainSection, optimizer: "Optimizer", place: "Place", report: "Report"
) -> bool:
    """Report what both the section and its optimizer say."""
    of_optimizer = {
        "gradient_clip": ("clipnorm", "clipvalue", "global_clipnorm"),
        "accumulate": ("gradient_accumulation_steps",),
    }
    taken = False
    for name, others in of_optimizer.items():
        for other in others:
            if getattr(section, name) is not None and getattr(optimizer, other) is not None:
                message = f"`{name}` is set, and so is the optimizer's `{other}`"
                help = f"keep one of them: `{name}` is short for `{others[-1]}`"
                report.add(place.at(name).finding("MS206", message, help=help, key=True))
                taken = True
    return taken


def _optimizer(value: object, place: "Place", report: "Report") -> "Optimizer | None":
    rate = value.get("learning_rate") if isinstance(value, dict) else None
    if not isinstance(rate, dict):
        return typed(value, "optimizer", optimizers, place, report)
    made = _rate(rate, place.at("learning_rate"), report)
    given, broken = ({}, ["learning_rate"]) if made is None else ({"learning_rate": made}, [])
    return typed(value, "optimizer", optimizers, place, report, made=given, broken=broken)


def _rate(value: object, place: "Place", report: "Report") -> "float | Schedule | None":
    """A learning rate or a schedule; None of anything else, of which pydantic complains."""
    if isinstance(value, dict):
        return typed(value, "schedule", schedules, place, report)
    return value if isinstance(value, int | float) else None


def _callbacks(
    items: object, place: "Place", report: "Report"
) -> tuple[CallbackSetting, ...] | None:
    if not isinstance(items, list):
        return ()
    settings = []
    for index, item in enumerate(items):
        callback = typed(item, "callback", callbacks, place.at(index), report)
        if callback is not None:
            settings.append(CallbackSetting(callback, place.at(index)))
    return tuple(settings) if len(settings) == len(items) else None
