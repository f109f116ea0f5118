"""Parameters of an estimator that are paths of its spec: `train.epochs`, `params.filters`."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator

from modelspec.api.origin import setting

FROM_X = ("data.file", "data.train", "data.validation", "data.test", "data.format")
"""What no parameter says, as the rows come with `fit`."""


class PathParameters(BaseEstimator):  # type: ignore[misc]
    """Takes any paths of a spec as parameters, beside the arguments of the constructor."""

    _paths: dict[str, Any]

    def _keep_paths(self, paths: dict[str, Any]) -> None:
        """Keep what the constructor was given by path.

        Raises:
            TypeError: A name is no path.
        """
        for name in paths:
            if "." not in name:
                raise TypeError(
                    f"`{name}` is no argument, and no path of a spec, "
                    "which has dots: `train.epochs`, `params.units`"
                )
        self._paths = paths

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments of the constructor, and the paths that were given.

        Args:
            deep: Whether those of estimators inside are wanted too; there are none.
        """
        params: dict[str, Any] = super().get_params(deep)
        return params | self._paths

    def set_params(self, **params: Any) -> Self:
        """Set arguments of the constructor, and any paths of the spec.

        Raises:
            ValueError: A name is neither.
        """
        paths = {name: value for name, value in params.items() if "." in name}
        super().set_params(**{name: params[name] for name in params if name not in paths})
        self._paths = self._paths | paths
        return self

    def _overrides(self) -> list[str]:
        """The paths with their values, as of `--set`.

        Raises:
            ValueError: A path says what `fit` is given.
            TypeError: A value is none that a spec may hold.
        """
        for name in FROM_X:
            if name in self._paths:
                raise ValueError(f"`{name}` is no parameter: `fit` is given the rows")
        return [setting(name, value) for name, value in self._paths.items()]
