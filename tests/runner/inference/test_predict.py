import numpy as np
import polars as pl
import pytest
import torch
from torch import Tensor

from modelspec.data import Arrays, Labelled, encode_file
from modelspec.diagnostics import Report, SpecError
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.torch import build
from tests.runner.worlds import run, write_spec

SHOP = """\
    name: shop
    inputs: {size: [2], colour: [3], words: {shape: [5], dtype: int64}}
    blocks:
      tower:
        inputs: [x]
        layers: {first: {type: Dense, units: 4, activation: relu}, second: {type: Dense, units: 2}}
        outputs: [second]
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 3}
      lstm: {type: LSTM, units: 4}
      join: Concatenate
      tower: {type: tower}
      kind: {type: Dense, units: 3, activation: softmax}
      price: {type: Dense, units: 1}
    edges:
      - words -> embed -> lstm
      - size, colour, lstm -> join -> tower
      - tower -> kind, price
    outputs:
      kind: {loss: categorical_crossentropy}
      price: mse
    data:
      file: shop.parquet
      features:
        size: {columns: [width, height], normalize: standard}
        colour: {type: category, encode: one_hot}
        words: {columns: [w0, w1, w2, w3, w4]}
        price: {normalize: standard}
    train: {epochs: 1, batch_size: 10}
"""


def _columns(rows: int) -> dict[str, object]:
    generator = np.random.default_rng(1)
    return {
        "width": generator.normal(5, 2, rows),
        "height": generator.normal(50, 20, rows),
        "colour": generator.choice(["red", "green", "blue"], rows),
        **{f"w{place}": generator.integers(0, 9, rows) for place in range(5)},
        "kind": generator.choice(["cup", "plate", "bowl"], rows),
        "price": generator.normal(1000, 100, rows),
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    folder = tmp_path_factory.mktemp("shop")
    pl.DataFrame(_columns(60)).write_parquet(folder / "shop.parquet")
    found = run(write_spec(folder, SHOP)).folder
    assert found
    return TrainedModel.from_run(found)


@pytest.fixture(scope="module")
def arrays(trained: TrainedModel, tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """New rows, from raw columns without targets."""
    file = tmp_path_factory.mktemp("new") / "new.csv"
    pl.DataFrame(_columns(600)).drop("kind", "price").write_csv(file)
    found = encode_file(
        trained.preprocessing, trained.spec.data, trained.graph, file, Report(), targets=False
    )
    assert found
    return found


def _values(trained: TrainedModel, arrays: Arrays) -> dict[str, Tensor]:
    """The outputs, by the module itself, all rows at once."""
    from safetensors.torch import load_file

    module = build(trained.graph)
    module.load_state_dict(load_file(trained.weights))
    with torch.no_grad():
        made = module.eval()({name: torch.from_numpy(a) for name, a in arrays.inputs.items()})
    return dict(made)


def test_categories_come_as_labels_and_probabilities(trained: TrainedModel, arrays: Arrays) -> None:
    found = predict(trained, arrays, device="cpu")
    assert list(found) == ["kind", "kind_probability", "price"]
    kinds, probability = found["kind"], found["kind_probability"]
    assert isinstance(probability, Labelled)
    assert probability.labels == ("bowl", "cup", "plate")
    expected = _values(trained, arrays)["kind"].numpy()
    np.testing.assert_allclose(probability.values, expected, rtol=1e-5)
    assert list(kinds) == [probability.labels[place] for place in expected.argmax(1)]


def test_numbers_come_in_their_own_units(trained: TrainedModel, arrays: Arrays) -> None:
    prices = np.asarray(predict(trained, arrays, device="cpu")["price"]).ravel()
    made = _values(trained, arrays)["price"].numpy().ravel()
    raw = np.asarray(_columns(60)["price"])
    np.testing.assert_allclose(prices, made * raw.std() + raw.mean(), rtol=1e-4)


def test_inner_nodes_give_their_values(trained: TrainedModel, arrays: Arrays) -> None:
    nodes = ["join", "tower", "tower/first", "lstm.h", "lstm.state"]
    found = predict(trained, arrays, nodes=nodes, device="cpu")
    assert found["join"].shape == (600, 9)
    assert found["tower/first"].shape == (600, 4)
    assert found["lstm.h"].shape == (600, 4)
    assert found["lstm.state.1"].shape == (600, 4)
    np.testing.assert_array_equal(found["join"][:, :2], arrays.inputs["size"])
    np.testing.assert_array_equal(found["join"][:, 5:], found["lstm.h"])
    plain = predict(trained, arrays, device="cpu")
    np.testing.assert_array_equal(found["price"], plain["price"])


def test_a_node_that_there_is_not_is_a_finding(trained: TrainedModel, arrays: Arrays) -> None:
    with pytest.raises(SpecError) as error:
        predict(trained, arrays, nodes=["towr", "lstm.q"], device="cpu")
    messages = [found.message for found in error.value.diagnostics]
    assert messages == ["there is no node `towr`", "there is no node `lstm.q`"]
    assert error.value.diagnostics[0].help == "did you mean `tower`?"
