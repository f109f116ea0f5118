"""A trained model behind HTTP: an ASGI application, and the server that runs it.

`description` says what a model takes and answers; the schema, the page of documentation and the
page with a form are made of it. Nothing here but `worker` imports torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from starlette.applications import Starlette


def app(
    run: str | os.PathLike[str],
    *,
    weights: str = "",
    runs_dir: str = "runs",
    plugins: Sequence[str] = (),
    **options: Any,
) -> Starlette:
    """A run as an ASGI application, for any server of these: what `modelspec serve` serves.

    Args:
        run: A run directory, that of an ensemble, or a name, whose latest run is meant.
        weights: `best` or `last`, or a file; by default the best, else the last.
        runs_dir: The folder of all runs.
        plugins: Installed packages whose layers it has.
        options: Those of `modelspec.serving.application.application`: `limits`, `nodes`,
            `threshold`, `device`, `threads`.

    Raises:
        SpecError: There is no such run, or it is not whole.
        MissingPackageError: The extra `serve` is not installed.
        ValueError: The threshold decides nothing, or is none.
    """
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.run import directory
    from modelspec.serving.application import application

    folder = directory.find(str(run), Path(runs_dir))
    return application(TrainedModel.from_run(folder, weights, plugins), **options)
