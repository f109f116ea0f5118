"""What older versions of Keras saved of `compile`."""

from modelspec.keras.legacy.training import compile_config


def test_names_of_old() -> None:
    adam = {"lr": 0.01, "decay": 0.0, "beta_1": 0.9, "epsilon": None}
    saved = {
        "loss": "mse",
        "metrics": ["acc"],
        "optimizer_config": {"class_name": "Adam", "config": adam},
        "sample_weight_mode": None,
    }
    found = compile_config(saved)
    assert found
    assert (found["loss"], found["metrics"]) == ("mse", ["acc"])
    config = {"beta_1": 0.9, "epsilon": None, "learning_rate": 0.01}
    assert found["optimizer"] == {"class_name": "Adam", "config": config}


def test_a_rate_that_decays_is_a_schedule() -> None:
    config = {"learning_rate": 0.5, "decay": 0.1}
    found = compile_config({"optimizer_config": {"class_name": "Custom>SGD", "config": config}})
    assert found
    assert found["optimizer"]["class_name"] == "SGD"
    assert found["optimizer"]["config"]["learning_rate"] == {
        "class_name": "InverseTimeDecay",
        "config": {"initial_learning_rate": 0.5, "decay_steps": 1, "decay_rate": 0.1},
    }


def test_metrics_that_wrap_functions() -> None:
    wrapped = {"name": "acc", "dtype": "float32", "fn": "categorical_accuracy"}
    other = {"name": "mean_absolute_error", "dtype": "float32", "fn": "mean_absolute_error"}
    kinds = [{"class_name": "MeanMetricWrapper", "config": each} for each in (wrapped, other)]
    found = compile_config({"metrics": [kinds], "optimizer_config": None})
    assert found
    assert found["metrics"] == ["accuracy", "mean_absolute_error"]
    assert found["optimizer"] is None


def test_not_compiled() -> None:
    assert compile_config(None) is None
