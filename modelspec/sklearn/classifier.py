"""A spec that tells classes apart, as scikit-learn wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin

from modelspec.sklearn.classes import output_classes
from modelspec.sklearn.estimator import SpecEstimator

if TYPE_CHECKING:
    from modelspec.api.loaded_spec import LoadedSpec
    from modelspec.data.table.table import Array
    from modelspec.sklearn.inputs import Slot

_LOSSES = ("classes", "indices", "binary")


class SpecClassifier(ClassifierMixin, SpecEstimator):  # type: ignore[misc]
    """A classifier that a spec declares.

    Its parameters are the spec's paths, beside the arguments of the constructor:
    `SpecClassifier("churn.yaml", **{"train.epochs": 5, "params.width": 64})`.

    Args:
        spec: A YAML file, YAML, the same as a dict, or a loaded spec; by default a multilayer
            perceptron on standardised numbers, whose `params.units` are 64.
        validation: Which share of the rows is measured after every epoch; by default what the
            spec's `split` says, and none where it says nothing.
        random_state: The seed, a RandomState that draws one, or None for the spec's own.
        runs_dir: Where the run is kept, with its report; by default nowhere.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        threads: Of the CPU; by default what the model is worth.
        verbose: Whether progress is shown.
        paths: Values of the spec by their paths, as of `--set`.

    Attributes:
        classes_: The classes, sorted; of several outputs, a list of them.
        n_features_in_: How many columns X has.
        feature_names_in_: What they are called, where X is a data frame.
        history_: A dict for each epoch.
        n_iter_: How many epochs were trained.
        spec_: The resolved spec that was trained, as YAML.
        module_: The torch module.
        run_: The run, where `runs_dir` keeps it.
    """

    _classify = True

    def predict(self, X: Any) -> Array:  # noqa: N803
        """The class of each row, at the model's thresholds; `[rows, outputs]` for several outputs.

        Args:
            X: As of `fit`.

        Raises:
            SpecError: A row cannot be encoded.
            ValueError: X is not what it was in `fit`.

        Warns:
            CellWarning: Something else stands for some cells.
        """
        said = self._said(X)
        found = [each.answers(said) for each in self._outputs]
        return found[0] if len(found) == 1 else np.stack(found, axis=1)

    def predict_proba(self, X: Any) -> Array | list[Array]:  # noqa: N803
        """The probability of each class, `[rows, classes]`; of several outputs, a list of them.

        Args:
            X: As of `fit`.

        Raises:
            SpecError: A row cannot be encoded.
            ValueError: X is not what it was in `fit`.

        Warns:
            CellWarning: Something else stands for some cells.
        """
        said = self._said(X)
        found = [each.probabilities(said) for each in self._outputs]
        return found[0] if len(found) == 1 else found

    def _check_outputs(self, spec: LoadedSpec, outputs: dict[str, tuple[Slot, ...]]) -> None:
        for name, slots in outputs.items():
            output = spec.graph.outputs[name]
            shape = getattr(output.value, "shape", None)
            targets = output.loss.targets if output.loss else ""
            binary = targets != "binary" or (shape or ())[-1:] == (1,)
            if targets not in _LOSSES or len(shape or ()) != 1 or len(slots) > 1 or not binary:
                raise ValueError(
                    f"output `{name}` is not one class a row, from one column: "
                    "train such a spec with `modelspec.load(...).fit`"
                )

    def _learn_outputs(
        self, outputs: dict[str, tuple[Slot, ...]], rows: dict[str, Any], targets: list[Array]
    ) -> None:
        self._outputs = [
            output_classes(self._kept, name, slots[0].column, rows, target)
            for (name, slots), target in zip(outputs.items(), targets, strict=True)
        ]
        classes = [each.values for each in self._outputs]
        self.classes_ = classes[0] if len(classes) == 1 else classes
