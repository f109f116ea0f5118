"""Runs whose losses and metrics have arguments."""

import numpy as np
import pytest
import torch

from modelspec.data import encode_file
from modelspec.diagnostics import Report
from modelspec.lint.logged import logged
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.loop.objective import objective_of, wanted_logits
from tests.runner.worlds import prepared, run, write_flowers, write_spec
from tests.torch.specs import graph_of

FLOWERS = """\
    name: flowers
    inputs: {petals: [4]}
    layers:
      species: {type: Dense, units: 3ACTIVATION}
    outputs:
      species: OUTPUT
    data: {file: flowers.npz, split: {validation: 0.2}}
    train: {epochs: 2, batch_size: 16, callbacks: []}
"""


def flowers(folder, output, activation=", activation: softmax"):
    text = FLOWERS.replace("ACTIVATION", activation).replace("OUTPUT", output)
    return write_flowers(folder, spec=text)


def test_a_metric_of_several_values_is_logged_by_their_indices(tmp_path):
    metrics = "[f1_score, {type: recall, thresholds: [0.2, 0.5], name: found}, {type: auc}]"
    spec = flowers(tmp_path, f"{{loss: categorical_crossentropy, metrics: {metrics}}}")
    row = run(spec).history[-1]
    names = ["loss", "f1_score_0", "f1_score_1", "f1_score_2", "found_0", "found_1", "auc"]
    assert logged(prepared(spec).graph) == names
    assert [key for key in row if key in names] == names
    assert row["found_0"] >= row["found_1"]
    assert row["val_f1_score_2"] <= 1


def test_logits_by_a_flag_learn_and_predict_what_an_activation_does(tmp_path):
    found = []
    for name, activation, loss in (
        ("with", ", activation: softmax", "categorical_crossentropy"),
        ("without", "", "{type: categorical_crossentropy, from_logits: true}"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        made = run(flowers(folder, f"{{loss: {loss}, metrics: [accuracy]}}", activation))
        trained, report = TrainedModel.from_run(made.folder), Report()
        arrays = encode_file(
            trained.preprocessing,
            trained.spec.data,
            trained.graph,
            str(folder / "flowers.npz"),
            report,
            targets=False,
        )
        columns = predict(trained, arrays)
        found.append((made.history[-1], columns))
    (row, columns), (other_row, other_columns) = found
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert other_row[key] == pytest.approx(row[key], rel=1e-5)
    np.testing.assert_array_equal(other_columns["species"], columns["species"])
    chances, others = (each["species_probability"].values for each in (columns, other_columns))
    np.testing.assert_allclose(others, chances, rtol=1e-4)


def test_unlabelled_cells_are_no_classes(tmp_path):
    random = np.random.default_rng(0)
    cells = random.integers(0, 3, (40, 2, 2))
    cells[random.uniform(size=cells.shape) < 0.3] = 255
    np.savez(tmp_path / "a.npz", x=random.normal(size=(40, 2, 2, 1)).astype("float32"), y=cells)
    text = """\
    name: cells
    inputs: {x: [2, 2, 1]}
    layers: {y: {type: Dense, units: 3, activation: softmax}}
    outputs:
      y: {loss: {type: sparse_categorical_crossentropyIGNORE}}
    data: {file: a.npz}
    train: {epochs: 1}
    """
    spec = write_spec(tmp_path, text.replace("IGNORE", ", ignore_class: 255"))
    assert run(spec).history[-1]["loss"] > 0
    spec = write_spec(tmp_path, text.replace("IGNORE", ""))
    with pytest.raises(Exception, match="has 3 classes"):
        run(spec)


@pytest.mark.parametrize(
    ("layer", "loss", "target"),
    [
        ("{type: Dense, units: 4}", "ctc", np.array([[1, 2, 0]] * 10 + [[3, 3, 1]] * 10)),
        ("GlobalAveragePooling1D", "circle", np.arange(20) % 7),
        ("{type: Dense, units: 2, activation: sigmoid}", "dice", np.zeros((20, 6, 2))),
    ],
)
def test_targets_of_other_shapes(tmp_path, layer, loss, target):
    x = np.random.default_rng(0).normal(size=(20, 6, 3)).astype("float32")
    np.savez(tmp_path / "a.npz", x=x, y=target)
    text = f"""\
    name: other
    inputs: {{x: [6, 3]}}
    layers: {{h: {{type: Dense, units: 3}}, y: {layer}}}
    outputs: {{y: {loss}}}
    data: {{file: a.npz}}
    train: {{epochs: 1}}
    """
    assert np.isfinite(run(write_spec(tmp_path, text)).history[-1]["loss"])


def test_classes_along_another_axis_than_the_softmax_keep_their_probabilities():
    graph = graph_of(
        """
        inputs: {x: [3, 5]}
        layers:
          y: {type: Activation, activation: softmax}
          z: {type: Activation, activation: softmax}
        edges: [x -> y, x -> z]
        outputs:
          y: {loss: {type: categorical_crossentropy, axis: 1}}
          z: {loss: {type: categorical_crossentropy, axis: 2}}
        """
    )
    assert wanted_logits(graph) == {"z": "softmax"}


def test_an_axis_is_that_of_the_output_also_where_steps_are_masked():
    graph = graph_of(
        """
        inputs: {x: [3, 5]}
        layers: {y: {type: Dense, units: 4}}
        outputs: {y: {loss: {type: cosine_similarity, axis: 2}}}
        """
    )
    prediction, target = torch.rand(2, 3, 4), torch.rand(2, 3, 4)
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]], dtype=torch.bool)
    objective = objective_of(graph, torch.device("cpu"), {}, {}, frozenset({"y"}))
    found = objective.measures[0].add(prediction, target, 2, mask)
    cosines = torch.nn.functional.cosine_similarity(prediction, target, dim=-1)
    torch.testing.assert_close(found, -cosines[mask].mean())
