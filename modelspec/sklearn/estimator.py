"""A spec that scikit-learn trains: what a classifier and a regressor have in common."""

from __future__ import annotations

import os
from numbers import Integral
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self
from warnings import warn

import numpy as np
from sklearn.utils import assert_all_finite, check_random_state
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    validate_data,
)

from modelspec.api.fitting import fit
from modelspec.api.given_data import says_validation
from modelspec.api.loaded_spec import LoadedSpec, load
from modelspec.api.origin import setting
from modelspec.api.run import Run, warn_of_cells
from modelspec.api.training import print_to_stderr
from modelspec.data import CellCounts
from modelspec.sklearn.default_spec import NAME, default_spec, unused
from modelspec.sklearn.given_spec import load_given
from modelspec.sklearn.inputs import Slot, columns_of_frame, columns_of_matrix, slots_of
from modelspec.sklearn.kept_run import KeptRun
from modelspec.sklearn.parameters import PathParameters
from modelspec.sklearn.targets import checked_targets, checked_weights

if TYPE_CHECKING:
    from modelspec.data import Labelled
    from modelspec.data.table.table import Array
    from modelspec.sklearn.given_spec import GivenSpec

_WEIGHT = "sample_weight"


class SpecEstimator(PathParameters):
    """What `SpecClassifier` and `SpecRegressor` have in common."""

    _classify: bool

    def __init__(
        self,
        spec: GivenSpec | None = None,
        *,
        validation: float | None = None,
        random_state: Any = None,
        runs_dir: str | os.PathLike[str] | None = None,
        device: str = "auto",
        threads: int | None = None,
        verbose: bool = False,
        **paths: Any,
    ) -> None:
        self.spec = spec
        self.validation = validation
        self.random_state = random_state
        self.runs_dir = runs_dir
        self.device = device
        self.threads = threads
        self.verbose = verbose
        self._keep_paths(paths)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        if self.spec is not None:
            tags.input_tags.allow_nan = True
            tags.input_tags.categorical = True
            tags.input_tags.string = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_kept")

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: N803
        """Train the spec on rows: what `modelspec train` does with the same rows in a file.

        Args:
            X: `[rows, columns]`, whose columns fill the spec's inputs in their order; with more
                axes, for a single input; or a data frame of pandas or polars, whose columns are
                those of the spec's data by name.
            y: A target a row; of several outputs, or of several numbers, a column each.
            sample_weight: How much each row counts in the loss, as `data.sample_weight`.

        Raises:
            SpecError: The spec or the data has errors.
            ValueError: X or y is not what the spec takes.
            TrainingError: A loss is no longer a finite number.
            KeyboardInterrupt: Ctrl-C ended it.
        """
        given = self._checked(X, reset=True)
        targets = checked_targets(y, type(self).__name__, classify=self._classify)
        check_consistent_length(given, targets[0])
        weights = checked_weights(sample_weight, len(targets[0]))
        overrides = [*self._overrides(), *self._seed()]
        spec = self._load(given, targets, overrides)
        inputs = self._input_slots(spec)
        rows = self._rows(given, inputs)
        outputs = slots_of(spec, "output")
        self._check_outputs(spec, outputs)
        wanted = [slot for slots in outputs.values() for slot in slots]
        rows |= _target_columns(targets, wanted, rows)
        if weights is not None:
            column = unused(_WEIGHT, [*rows])
            rows[column] = weights
            spec = replace_overrides(spec, [setting(f"data.{_WEIGHT}", column)])
        self._train(spec, rows)
        self._inputs = inputs
        self._learn_outputs(outputs, rows, targets)
        return self

    def _learn_outputs(
        self, outputs: dict[str, tuple[Slot, ...]], rows: dict[str, Any], targets: list[Array]
    ) -> None:
        raise NotImplementedError

    def _check_outputs(self, spec: LoadedSpec, outputs: dict[str, tuple[Slot, ...]]) -> None:
        raise NotImplementedError

    def _checked(self, given: Any, *, reset: bool) -> Any:
        """X as it is used: a data frame, or an array."""
        if self.spec is None:
            return self._checked_numbers(given, reset=reset)
        named = hasattr(given, "columns") and all(isinstance(each, str) for each in given.columns)
        if named and (reset or hasattr(self, "feature_names_in_")):
            validate_data(self, given, reset=reset, skip_check_array=True)
            return given
        return validate_data(
            self, given, reset=reset, dtype=None, ensure_all_finite=False, allow_nd=True
        )

    def _checked_numbers(self, given: Any, *, reset: bool) -> Array:
        try:
            found: Array = validate_data(self, given, reset=reset)
            if found.dtype == object:  # a polars frame of several types
                found = found.astype(np.float64)
                assert_all_finite(found, input_name="X")
        except ValueError as error:
            if "could not convert" in str(error):
                error.add_note(
                    "without a spec, X holds numbers: give a spec, as `modelspec init` drafts one"
                )
            raise
        return found

    def _load(self, given: Any, targets: list[Array], overrides: list[str]) -> LoadedSpec:
        if self.spec is not None:
            return load_given(self.spec, overrides)
        names = getattr(self, "feature_names_in_", None)
        columns = [f"x{place}" for place in range(given.shape[1])] if names is None else [*names]
        return load(
            f"{NAME}.yaml",
            text=default_spec(columns, targets, self._classify),
            overrides=overrides,
        )

    def _seed(self) -> list[str]:
        if self.random_state is None:
            return []
        if "train.seed" in self._paths:
            raise ValueError("`random_state` and `train.seed` are the same: give one of them")
        seed = self.random_state
        if not isinstance(seed, Integral):
            seed = check_random_state(seed).randint(2**31 - 1)
        return [setting("train.seed", int(seed))]

    def _input_slots(self, spec: LoadedSpec) -> tuple[Slot, ...]:
        """What the columns of X are; those of a data frame are called as they are."""
        names = getattr(self, "feature_names_in_", None)
        if self.spec is not None and names is not None:
            return tuple(Slot(str(name)) for name in names)
        return tuple(slot for slots in slots_of(spec, "input").values() for slot in slots)

    def _rows(self, given: Any, slots: tuple[Slot, ...]) -> dict[str, Any]:
        if isinstance(given, np.ndarray):
            return columns_of_matrix(given, slots, "X")
        return columns_of_frame(given)

    def _train(self, spec: LoadedSpec, rows: dict[str, Any]) -> None:
        section = spec.spec.document.data.get("data")
        validation = self.validation
        if validation is None and not says_validation(section):
            validation = 0.0
        with TemporaryDirectory(prefix="modelspec-") as temporary:
            trained = fit(
                spec.spec,
                spec.origin,
                rows,
                validation,
                name="",
                runs_dir=os.fspath(self.runs_dir or temporary),
                device=self.device,
                threads=self.threads,
                quiet=not self.verbose,
                report=self.runs_dir is not None,
                callbacks=(),
                say=print_to_stderr if self.verbose else _warn,
            )
            result = trained.result
            if result.interrupted is not None:
                raise KeyboardInterrupt(f"interrupted by {result.interrupted.name}")
            if result.out_of_time:
                _warn(f"its time limit ended the training in epoch {len(result.history) + 1}")
            assert result.folder
            self._kept = KeptRun.from_folder(result.folder, spec.origin.plugins, self.device)
            self._folder = str(result.folder.absolute()) if self.runs_dir is not None else None
        self.history_ = result.history
        self.n_iter_ = len(result.history)

    def _said(self, given: Any) -> dict[str, Array | Labelled]:
        """What the outputs say of X."""
        check_is_fitted(self)
        rows = self._rows(self._checked(given, reset=False), self._inputs)
        counts = CellCounts()
        said = self._kept.predict(rows, counts)
        warn_of_cells(counts, stacklevel=4)
        return said

    @property
    def spec_(self) -> str:
        """The resolved spec that was trained, as YAML."""
        check_is_fitted(self)
        return self._kept.spec

    @property
    def module_(self) -> Any:
        """The torch module with the trained weights, in evaluation mode."""
        check_is_fitted(self)
        return self._kept.predictor.plain

    @property
    def run_(self) -> Run:
        """The run directory, where `runs_dir` keeps one.

        Raises:
            AttributeError: There is none.
        """
        check_is_fitted(self)
        if self._folder is None:
            raise AttributeError("the run was in a temporary folder: `runs_dir` keeps it")
        return Run(Path(self._folder), plugins=self._kept.plugins, device=self.device)


def replace_overrides(spec: LoadedSpec, overrides: list[str]) -> LoadedSpec:
    """The spec with further values put in place, when it is read the next time."""
    origin = spec.origin.with_overrides(overrides)
    return LoadedSpec(spec.spec, spec.graph, spec.findings, origin)


def _target_columns(
    targets: list[Array], slots: list[Slot], inputs: dict[str, Any]
) -> dict[str, Any]:
    columns = columns_of_matrix(np.stack(targets, axis=1), slots, "y")
    for column in columns:
        if column in inputs:
            raise ValueError(f"X has the column `{column}`, which is the target that y gives")
    return columns


def _warn(text: str) -> None:
    warn(text, UserWarning, stacklevel=2)
