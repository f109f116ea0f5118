"""A run as bytes, which are there when its folder is gone."""

from __future__ import annotations

import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from modelspec.runner.inference.trained_model import TrainedModel, run_weights
from modelspec.runner.run.directory import PREPROCESSING, RECORD, SPEC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Arrays, CellCounts, Labelled
    from modelspec.data.table.table import Array
    from modelspec.runner.inference.predictor import Predictor


class KeptRun:
    """What predicts, of a run: its spec, what it learnt of the data, its weights.

    Pickled, it is the bytes of these files; its model is built when it is first asked for.

    Args:
        files: What the files hold, by name; the weights as safetensors.
        plugins: Installed packages whose layers it has.
        device: Where to compute.
    """

    def __init__(self, files: dict[str, bytes], plugins: Sequence[str], device: str) -> None:
        self.files, self.plugins, self.device = files, tuple(plugins), device
        self._start()

    def _start(self) -> None:
        self._predictor: Predictor | None = None
        self._lock = threading.RLock()

    @classmethod
    def from_folder(cls, folder: Path, plugins: Sequence[str], device: str) -> KeptRun:
        """The run in a folder, with its best weights, or the last where there are no best."""
        paths = [folder / SPEC, folder / RECORD, folder / PREPROCESSING, run_weights(folder)]
        return cls({path.name: path.read_bytes() for path in paths}, plugins, device)

    def __getstate__(self) -> dict[str, Any]:
        return {"files": self.files, "plugins": self.plugins, "device": self.device}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    @property
    def spec(self) -> str:
        """The resolved spec, as YAML."""
        return self.files[SPEC].decode()

    @property
    def predictor(self) -> Predictor:
        """The model in memory; imports torch.

        Raises:
            DeviceError: There is no such device.
        """
        from modelspec.runner.inference.predictor import Predictor

        with self._lock:
            if self._predictor is None:
                with TemporaryDirectory(prefix="modelspec-") as folder:
                    for name, content in self.files.items():
                        Path(folder, name).write_bytes(content)
                    trained = TrainedModel.from_run(Path(folder), plugins=self.plugins)
                    self._predictor = Predictor(trained, device=self.device)
            return self._predictor

    def encode(self, rows: dict[str, Any], **options: Any) -> Arrays:
        """The arrays of rows, as of `Predictor.encode`."""
        with self._lock:
            return self.predictor.encode(rows, **options)

    def predict(self, rows: dict[str, Any], counts: CellCounts) -> dict[str, Array | Labelled]:
        """What the outputs say of rows, as of `Predictor.predict`; of several threads, in turn."""
        with self._lock:
            return self.predictor.predict(self.predictor.encode(rows, counts=counts))
