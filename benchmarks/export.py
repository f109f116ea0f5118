"""Every spec of `specs/` in every format of `modelspec export`: the table of docs/export.md.

    PYTHONPATH=. python benchmarks/export.py [SPEC ...] [--format .onnx]

Weights are new ones. Printed is, for each spec and format, the worst difference to the model at
three sizes, or why it is refused; and what is said of a file that takes fewer sizes than its model.
"""

import argparse
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from modelspec import data
from modelspec.exports.errors import ExportError
from modelspec.exports.formats import ENDINGS
from modelspec.exports.model import ExportModel
from modelspec.exports.write import write
from modelspec.lint import examine

SPECS = Path(__file__).parent.parent / "specs"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", nargs="*", help="names of specs; all, if there is none")
    parser.add_argument("--format", action="append", choices=ENDINGS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    endings = options.format or ENDINGS
    names = options.spec or sorted(path.stem for path in SPECS.glob("*.yaml"))
    print(f"| spec | {' | '.join(f'`{ending}`' for ending in endings)} |")
    print("|---" * (1 + len(endings)) + "|")
    for name in names:
        print(row(name, endings), flush=True)


def row(name: str, endings: Sequence[str]) -> str:
    """One row of the table."""
    examined = examine(str(SPECS / f"{name}.yaml"))
    assert examined.graph
    model = ExportModel.with_new_weights(examined.graph, data.plain(examined.graph))
    return f"| {name} | {' | '.join(cell(model, ending) for ending in endings)} |"


def cell(model: ExportModel, ending: str) -> str:
    """The worst difference, and what there is to say; or why it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = write(model, Path(folder) / f"model{ending}")
        except ExportError as error:
            return f"refused: {error}"
    notes = [note for note in done.notes if note.startswith("the file takes")]
    return "; ".join([f"{done.difference:.0e}" if done.difference else "0", *notes])


if __name__ == "__main__":
    main()
