"""Random images: against Keras given the same parameters (`make_augmentation.py`), and draws."""

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from modelspec.layers import registry
from modelspec.layers.values import LayerError
from modelspec.shapes import symbol
from modelspec.torch.layers.augmentation import Augment, Crop
from tests.golden.kept import Kept
from tests.layers.check_layer import infer, make

KEPT = Kept("augmentation")
NAMES = sorted({entry["type"] for entry in KEPT.calls})


def module(name: str, shape: tuple[int, ...], **arguments: Any) -> Augment | Crop:
    """The module of a layer, in training."""
    made = make(registry.find(name)(**arguments), [shape])
    assert isinstance(made, Augment | Crop)
    return made.train()


@pytest.mark.parametrize("entry", KEPT.titles())
def test_keras_makes_the_same_of_the_same_parameters(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    made = module(entry["type"], example.shapes[0], **example.arguments)
    (x,) = KEPT.arrays(entry, "x")
    found = made.changed(x.float(), *KEPT.arrays(entry, "p"))
    torch.testing.assert_close(found, KEPT.arrays(entry, "y")[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("entry", KEPT.titles())
def test_it_draws_what_keras_draws(entry: dict[str, Any]) -> None:
    example = KEPT.example(entry)
    made = module(entry["type"], example.shapes[0], **example.arguments)
    (x,) = KEPT.arrays(entry, "x")
    for ours, keras in zip(made.draw(x.float()), KEPT.arrays(entry, "p"), strict=True):
        assert ours.shape == keras.shape or ours.ndim == 0
        assert ours.is_floating_point() == keras.is_floating_point()


def test_every_example_is_covered() -> None:
    assert not KEPT.missing(), "run tests/golden/make_augmentation.py"


MANY = torch.zeros(4000, 8, 10, 1)


@pytest.mark.parametrize(
    ("name", "arguments", "intervals"),
    [
        ("RandomBrightness", {"factor": 0.1}, [(-25.5, 25.5)]),
        ("RandomBrightness", {"factor": [0.5, 0.2], "value_range": [-1, 1]}, [(0.4, 1)]),
        ("RandomContrast", {"factor": 0.5}, [(1, 1.5)]),
        ("RandomContrast", {"factor": [0.2, 0.5]}, [(0.8, 1.5)]),
        ("RandomHue", {"factor": 0.5}, [(-0.25, 0.25)]),
        ("RandomRotation", {"factor": 0.25}, [(-90, 90)]),
        ("RandomRotation", {"factor": [-0.1, 0.5]}, [(-36, 180)]),
        ("RandomSharpness", {"factor": 0.5}, [(0, 0.5)]),
        ("RandomShear", {"x_factor": 0.5, "y_factor": [0, 0.25]}, [(-0.5, 0.5), (-0.25, 0.25)]),
        (
            "RandomTranslation",
            {"height_factor": 0.5, "width_factor": [0.1, 0.2]},
            [(-4, 4), (1, 2)],
        ),
        (
            "RandomZoom",
            {"height_factor": 0.5, "width_factor": [-0.5, 0]},
            [(0.5, 1.5), (0.5, 1)],
        ),
        ("RandomZoom", {"height_factor": -0.5}, [(0.5, 1.5), (0.5, 1.5)]),
        ("RandomCrop", {"height": 4, "width": 9}, [(0, 4), (0, 1)]),
    ],
)
def test_draws_fill_their_interval(
    name: str, arguments: dict[str, Any], intervals: list[tuple[float, float]]
) -> None:
    shape = (8, 10, 3 if name == "RandomHue" else 1)
    torch.manual_seed(0)
    for drawn, (low, high) in zip(
        module(name, shape, **arguments).draw(MANY), intervals, strict=True
    ):
        assert drawn.shape == (len(MANY),)
        assert low <= drawn.min() <= low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) <= drawn.max() <= high
        assert float(drawn.float().mean()) == pytest.approx(
            (low + high) / 2, abs=0.05 * (high - low)
        )


@pytest.mark.parametrize(
    ("name", "arguments", "share"),
    [
        ("RandomFlip", {}, 0.5),
        ("RandomGrayscale", {"factor": 0.2}, 0.2),
        ("RandomInvert", {"factor": [0.2, 0.4]}, 0.3),
        ("RandomErasing", {"factor": 0.5}, 0.25),
    ],
)
def test_what_happens_to_some_images_only(
    name: str, arguments: dict[str, Any], share: float
) -> None:
    torch.manual_seed(0)
    chosen = module(name, (8, 10, 1), **arguments).draw(MANY)[0]
    assert chosen.dtype == torch.bool
    assert float(chosen.float().mean()) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_the_same_images_again(name: str) -> None:
    example = registry.find(name).examples[0]
    made = module(name, example.shapes[0], **example.arguments)
    x = torch.rand(8, *example.shapes[0]) * 200
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(made(x))
    assert torch.equal(results[0], results[1])
    if name != "RandomGrayscale" or example.shapes[0][-1] == 3:
        assert not torch.equal(results[0], results[2])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "RandomCrop"])
def test_nothing_happens_outside_training(name: str) -> None:
    example = registry.find(name).examples[0]
    x = torch.rand(2, *example.shapes[0])
    made = module(name, example.shapes[0], **example.arguments)
    assert torch.equal(made.eval()(x), x)


def test_half_precision_stays() -> None:
    for name in NAMES:
        example = registry.find(name).examples[0]
        made = module(name, example.shapes[0], **example.arguments)
        x = torch.rand(2, *example.shapes[0]).bfloat16()
        assert made(x).dtype == torch.bfloat16, name


def test_images_of_a_batch_are_cropped_at_places_of_their_own() -> None:
    made = module("RandomCrop", (4, 9, 1), height=4, width=3)
    x = torch.arange(9.0).expand(20, 4, 9)[..., None]
    torch.manual_seed(0)
    found = made(x)
    assert found.shape == (20, 4, 3, 1)
    assert len({tuple(image[0, :, 0].tolist()) for image in found}) > 3
    assert all(torch.equal(i[..., 0], i[0, 0, 0] + torch.arange(3.0).expand(4, 3)) for i in found)


@pytest.mark.parametrize(("training", "shape"), [(False, (9, 7, 2)), (True, (3, 7, 2))])
def test_a_crop_that_is_not_random_is_the_largest_middle(
    training: bool, shape: tuple[int, ...]
) -> None:
    size = {"height": 4, "width": 3}
    x = torch.rand(2, *shape)
    resize = make(registry.find("Resizing")(**size, crop_to_aspect_ratio=True), [shape])
    assert isinstance(resize, nn.Module)
    assert torch.equal(module("RandomCrop", shape, **size).train(training)(x), resize(x))


def test_a_quarter_turn_counter_clockwise() -> None:
    made = module("RandomRotation", (2, 2, 1), factor=0.25)
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    found = made.changed(x, torch.tensor([90.0]))
    torch.testing.assert_close(found[0, :, :, 0], torch.tensor([[2.0, 4.0], [1.0, 3.0]]))


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("RandomRotation", {}, "missing"),
        ("RandomRotation", {"factor": 2}, "less_than_equal"),
        ("RandomRotation", {"factor": [0, -2]}, "greater_than_equal"),
        ("RandomRotation", {"factor": [1]}, "MS204"),
        ("RandomRotation", {"factor": [0, 0.1, 0.2]}, "MS204"),
        ("RandomRotation", {"factor": "0.2"}, "float_type"),
        ("RandomRotation", {"factor": True}, "float_type"),
        ("RandomRotation", {"factor": float("nan")}, "finite_number"),
        ("RandomRotation", {"factor": 0.2, "fill_mode": "mirror"}, "literal_error"),
        ("RandomZoom", {"height_factor": -1}, "greater_than"),
        ("RandomContrast", {"factor": -0.5}, "greater_than_equal"),
        ("RandomContrast", {"factor": 0.5, "value_range": 255}, "MS204"),
        ("RandomContrast", {"factor": 0.5, "value_range": [1, 1]}, "MS204"),
        ("RandomContrast", {"factor": 0.5, "value_range": "all"}, "float_type"),
        ("RandomGrayscale", {"factor": 1.5}, "less_than_equal"),
    ],
)
def test_arguments_that_do_not_fit(name: str, arguments: dict[str, Any], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        registry.find(name)(**arguments)
    assert [error["type"] for error in caught.value.errors()] == [kind]


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "code"),
    [
        ("RandomFlip", {}, (4, 4), "MS503"),
        ("RandomHue", {"factor": 0.1}, (4, 4, 1), "MS501"),
        ("RandomHue", {"factor": 0.1}, (4, 4, symbol("C")), "MS508"),
        ("RandomGrayscale", {}, (4, 4, 4), "MS501"),
    ],
)
def test_operands_that_do_not_fit(
    name: str, arguments: dict[str, Any], shape: Any, code: str
) -> None:
    with pytest.raises(LayerError) as caught:
        infer(registry.find(name)(**arguments), [shape])
    assert caught.value.code == code


def test_sizes_may_be_open() -> None:
    open_shape = (symbol("H"), symbol("W"), 3)
    assert infer(registry.find("RandomFlip")(), [open_shape]).outputs[""].shape == open_shape
    crop = registry.find("RandomCrop")(height=2, width=3)
    assert infer(crop, [open_shape]).outputs[""].shape == (2, 3, 3)
