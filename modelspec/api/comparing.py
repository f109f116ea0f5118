"""What two specs differ in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.api.loaded_spec import LoadedSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.comparison import Comparison
    from modelspec.graph import Graph
    from modelspec.language.model import Spec


def diff(
    before: str | LoadedSpec,
    after: str | LoadedSpec,
    *,
    runs_dir: str = "runs",
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> Comparison:
    """What a second spec means that a first one does not: what `modelspec diff` says.

    Args:
        before: A spec's file, a run, `git:REVISION:FILE`; or a spec that is loaded.
        after: Another one; `spec.set("params.width", 64)` gives a loaded one with another value.
        runs_dir: The folder of all runs.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        plugins: Installed packages whose layers may be used.

    Returns:
        The causes, what follows from them node by node, and the sums; false where nothing differs.

    Raises:
        SpecError: A spec has errors, or there is no such run.
        GitError: Git cannot show a file of a revision.
        OSError: A file cannot be read.
    """
    from modelspec.comparison import compare
    from modelspec.comparison.sides import Options, read_side

    options = Options((), tuple(include_dirs), tuple(plugins), Path(runs_dir))

    def read(side: str | LoadedSpec, other: str | LoadedSpec) -> tuple[Spec, Graph]:
        if isinstance(side, LoadedSpec):
            return side.spec, side.graph
        found = read_side(side, options, other if isinstance(other, str) else other.origin.file)
        found.report.raise_if_failed()
        assert found.spec
        assert found.graph
        return found.spec, found.graph

    return compare(read(before, after), read(after, before))
