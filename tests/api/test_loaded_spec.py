"""The library as a user calls it."""

import pytest
import torch

import modelspec
from modelspec.plot.options import PlotOptions

QA = "specs/qa.yaml"


def test_the_example_of_the_readme() -> None:
    spec = modelspec.load(QA)
    module = spec.build()
    story, question = torch.randint(0, 10_000, (2, 7)), torch.randint(0, 10_000, (2, 5))
    by_name = module(story=story, question=question)
    by_dict = module({"question": question, "story": story})
    assert by_name["answer"].shape == (2, 500)
    assert torch.equal(by_name["answer"], by_dict["answer"])
    assert isinstance(module, torch.nn.Module)


def test_overrides_reach_the_graph() -> None:
    spec = modelspec.load("specs/functional.yaml", overrides=["params.width=64"])
    assert spec.summary().parameters == 64 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10


def test_a_broken_spec_raises_its_findings() -> None:
    with pytest.raises(modelspec.SpecError, match=r"MS207.*`widht`"):
        modelspec.load("specs/functional.yaml", overrides=["params.widht=64"])


def test_what_a_loaded_spec_gives() -> None:
    spec = modelspec.load("specs/residual.yaml")
    assert b"<svg" in spec.draw()
    assert spec.draw(PlotOptions(format="png")).startswith(b"\x89PNG")
    assert "class Residual" in spec.code()
    assert "conv1" in spec.render()
    assert modelspec.check("specs/residual.yaml") == []
    assert repr(spec) == "<LoadedSpec 'residual': 7 nodes>"


def test_a_missing_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="laod"):
        modelspec.laod  # noqa: B018
