"""What a model was compiled with, as entries of a spec."""

from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from modelspec.keras.compiled import Compiled
from tests.cli.running import Run
from tests.keras.test_unsupported import changed


def saved(name: str, module: str | None = "keras.losses", **config: Any) -> dict[str, Any]:
    """An object as Keras saves it."""
    own = None if module else f"mine>{name}"
    return {"module": module, "class_name": name, "config": config, "registered_name": own}


@pytest.mark.parametrize(
    ("loss", "written", "remark"),
    [
        (saved("MeanSquaredError", reduction="sum"), {"type": "mse", "reduction": "sum"}, ""),
        (saved("MeanSquaredError", reduction="sum_over_batch_size", dtype="float32"), "mse", ""),
        (saved("Tversky", alpha=0.3, beta=0.5), {"type": "tversky", "alpha": 0.3}, ""),
        (saved("MeanSquaredError", module=None), None, "`mine>MeanSquaredError`, is not known"),
        (saved("Tversky", alpha=-3.0), "tversky", "has `alpha` as is not known here"),
        ("mine", None, "`mine`, is not known"),
    ],
)
def test_losses(loss: Any, written: Any, remark: str) -> None:
    compiled = Compiled({"loss": loss}, ["out"])
    assert compiled.outputs["out"].get("loss") == written
    assert [remark in each for each in compiled.unknown] == [True] * bool(remark)


def _accuracy_of_a_number(config: dict[str, Any]) -> dict[str, Any]:
    config["compile_config"]["metrics"] = {"score": ["accuracy"], "u": ["accuracy"]}
    return config


def test_what_does_not_fit_is_left_out_and_said(run: Run, tmp_path: Path) -> None:
    """The model moves over, whatever it was compiled with."""
    file = changed(tmp_path, config=_accuracy_of_a_number)
    done = run("import", "keras", file, "-o", str(tmp_path / "out"))
    assert done.code == 0, done.err
    assert "note  what it was compiled with does not fit it: `u` predicts a number" in done.out
    text = (tmp_path / "out" / "model.yaml").read_text()
    outputs = safe_load(text)["outputs"]
    assert outputs["score"].keys() == {"from", "loss"}
    assert (outputs["u"]["loss"], outputs["u"]["weight"]) == ("mae", 0.2)
    assert "# left out at `u`: {metrics: [accuracy]}" in text


def test_the_name_of_a_metric_stays_where_the_user_gave_it() -> None:
    metrics = [
        saved(kind, "keras.metrics", **more) | {"config": {"name": name, **more}}
        for kind, name, more in (
            ("AUC", "area", {}),
            ("AUC", "auc_1", {}),
            ("Precision", "precision at 1", {"top_k": 1}),
            ("LogCoshError", "logcosh", {}),
        )
    ]
    compiled = Compiled({"metrics": [metrics]}, ["out"])
    assert compiled.outputs["out"]["metrics"] == [
        {"type": "auc", "name": "area"},
        "auc",
        {"type": "precision", "top_k": 1, "name": "precision_at_1"},
        "log_cosh",
    ]


def test_settings_of_nested_outputs_and_of_none() -> None:
    compiled = Compiled({"loss": {"a": {"b": "mse"}, "c": "mae", "d": "mse"}}, ["a_b", "c"])
    assert compiled.outputs == {"a_b": {"loss": "mse"}, "c": {"loss": "mae"}}
    assert compiled.unknown == ["`d`, which something was compiled for, is no output"]
