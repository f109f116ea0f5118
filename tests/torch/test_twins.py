"""Every declaration has a twin, every twin a declaration, and every class is found by a name."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

from modelspec.layers import Layer, registry
from modelspec.torch.find_twin import find_twin
from modelspec.torch.layers import Twin as LayerTwin
from modelspec.torch.losses.twin import Twin as LossTwin
from modelspec.torch.metrics import Accumulator
from modelspec.torch.optimizers import Optimizer as OptimizerTwin
from modelspec.training import callbacks, losses, metrics, optimizers, schedules
from modelspec.training.callback import Callback

TORCH = {
    "layers": LayerTwin, "losses": LossTwin, "metrics": Accumulator, "optimizers": OptimizerTwin
}  # fmt: skip
BASES = {
    ("layers", "Augmentation"),
    ("metrics", "Decisions"),
    ("metrics", "Mean"),
    ("metrics", "MeanOf"),
    ("metrics", "OfLoss"),
    ("metrics", "Quotient"),
}
"""Public classes that other twins are made of."""
CATALOGUES = {
    losses: losses.Loss,
    metrics: metrics.Metric,
    optimizers: optimizers.Optimizer,
    schedules: schedules.Schedule,
    callbacks: Callback,
}


def public(package: str, base: type) -> dict[str, type]:
    """The public subclasses of a base in a package's modules, by `family.Class`."""
    found: dict[str, type] = {}
    for module in walk_packages(import_module(package).__path__, f"{package}."):
        for name, each in vars(import_module(module.name)).items():
            own = isinstance(each, type) and each.__module__ == module.name
            if own and issubclass(each, base) and each is not base and name[0] != "_":
                found[f"{family(each, package)}.{name}"] = each
    return found


def family(each: type, package: str) -> str:
    """The file or folder of a class, in a package."""
    return each.__module__.removeprefix(f"{package}.").partition(".")[0]


def declared(room: str) -> dict[str, type]:
    """What a spec can name of a kind, by `family.Class`."""
    package = f"modelspec.{room}" if room == "layers" else f"modelspec.training.{room}"
    classes: Any = (
        [registry.find(name) for name in registry.names()]
        if room == "layers"
        else {"losses": losses, "metrics": metrics, "optimizers": optimizers}[room]
        .classes()
        .values()
    )
    return {f"{family(each, package)}.{each.__name__}": each for each in classes}


def test_every_layer_is_found_by_its_name() -> None:
    found = public("modelspec.layers", Layer)
    assert sorted(place.partition(".")[2] for place in found) == registry.names()


@pytest.mark.parametrize("room", CATALOGUES, ids=lambda room: room.__name__)
def test_every_class_of_training_is_found_by_its_name(room: Any) -> None:
    found = public(room.__name__, CATALOGUES[room]).values()
    assert {each for each in found if each.type_name} == set(room.classes().values())
    assert all(each.type_name == name for name, each in room.classes().items())


@pytest.mark.parametrize("room", TORCH)
def test_declarations_and_twins_go_together(room: str) -> None:
    package, base = f"modelspec.torch.{room}", TORCH[room]
    twins = public(package, base)
    bases = {place for place in twins if (room, place.partition(".")[2]) in BASES}
    assert twins.keys() - bases == declared(room).keys()
    for place, declaration in declared(room).items():
        assert find_twin(declaration, package, base) is twins[place]
