"""Run the notebook of this folder in a kernel of its own, and keep what it shows.

python docs/notebook.py         # after a change of the notebook, or of what it shows
python docs/notebook.py FILE    # into another file
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

DOCS = Path(__file__).resolve().parent
NOTEBOOK = DOCS / "tour.ipynb"


def executed(folder: Path) -> NotebookNode:
    """The notebook with what its cells show.

    Args:
        folder: It is run there; what it writes stays there.
    """
    book = nbformat.read(NOTEBOOK, as_version=4)
    own = folder / ".kernel"
    own.mkdir()
    config = Config()
    config.KernelManager.transport = "ipc"  # no port is opened
    config.KernelManager.connection_file = str(own / "kernel.json")
    environment = os.environ | {
        "PYTHONPATH": str(DOCS.parent),
        "IPYTHONDIR": str(own),  # nobody's own start-up files
        "OMP_NUM_THREADS": "1",
    }
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=300, resources=resources, config=config).execute(env=environment)
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # when it ran
    return book


def main() -> int:
    """Write the notebook anew, or another file."""
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(executed(Path(folder)), sys.argv[1] if sys.argv[1:] else NOTEBOOK)
    return 0


if __name__ == "__main__":
    sys.exit(main())
