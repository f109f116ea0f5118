"""A spec that predicts numbers, as scikit-learn wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import RegressorMixin

from modelspec.data.features import Labelled
from modelspec.sklearn.estimator import SpecEstimator

if TYPE_CHECKING:
    from modelspec.api.loaded_spec import LoadedSpec
    from modelspec.data.table.table import Array
    from modelspec.sklearn.inputs import Slot


class SpecRegressor(RegressorMixin, SpecEstimator):  # type: ignore[misc]
    """A regressor that a spec declares.

    Its parameters are the spec's paths, beside the arguments of the constructor:
    `SpecRegressor("houses.yaml", **{"train.epochs": 5, "params.width": 64})`.

    Args:
        spec: As of `SpecClassifier`.
        validation: As of `SpecClassifier`.
        random_state: As of `SpecClassifier`.
        runs_dir: As of `SpecClassifier`.
        device: As of `SpecClassifier`.
        threads: As of `SpecClassifier`.
        verbose: As of `SpecClassifier`.
        paths: As of `SpecClassifier`.

    Attributes:
        n_features_in_: How many columns X has.
        feature_names_in_: What they are called, where X is a data frame.
        history_: A dict for each epoch.
        n_iter_: How many epochs were trained.
        spec_: The resolved spec that was trained, as YAML.
        module_: The torch module.
        run_: The run, where `runs_dir` keeps it.
    """

    _classify = False

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The number of each row, in the units of y; `[rows, numbers]` for several.

        Args:
            X: As of `fit`.

        Raises:
            SpecError: A row cannot be encoded.
            ValueError: X is not what it was in `fit`.

        Warns:
            CellWarning: Something else stands for some cells.
        """
        said = self._said(X)
        found = [said[name] for name in self._outputs]
        arrays = [each.values if isinstance(each, Labelled) else each for each in found]
        joined = np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=1)
        joined = joined.astype(np.float64, copy=False)
        return joined[:, 0] if joined.shape[1] == 1 else joined

    def _check_outputs(self, spec: LoadedSpec, outputs: dict[str, tuple[Slot, ...]]) -> None:
        for name in outputs:
            loss = spec.graph.outputs[name].loss
            if loss is None or loss.targets != "numbers" or spec.graph.outputs[name].decode:
                raise ValueError(
                    f"output `{name}` predicts no numbers: "
                    "take `SpecClassifier`, or train such a spec with `modelspec.load(...).fit`"
                )

    def _learn_outputs(
        self,
        outputs: dict[str, tuple[Slot, ...]],
        rows: dict[str, Any],  # noqa: ARG002
        targets: list[Array],  # noqa: ARG002
    ) -> None:
        self._outputs = list(outputs)
