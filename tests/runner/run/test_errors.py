"""What is said of a file that cannot be written."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from modelspec.runner.run.errors import TrainingError, named_failures


@pytest.mark.parametrize(
    ("compiles", "file", "what"),
    [
        (True, "/cache/inductor/x.so", "torch.compile: what is compiled cannot be kept: "),
        (True, "runs/1/last.safetensors", "the run cannot be saved: "),
        (True, None, "the run cannot be saved: "),
        (False, "/elsewhere/last.safetensors", "the run cannot be saved: "),
    ],
)
def test_it_is_said_whose_it_is(compiles: bool, file: str | None, what: str) -> None:
    settings = SimpleNamespace(compile=compiles)
    with (
        pytest.raises(TrainingError, match=f"^{what}No space left") as caught,
        named_failures(settings, Path("runs/1")),  # type: ignore[arg-type]
    ):
        raise OSError(28, "No space left on device", file)
    assert ("TORCHINDUCTOR_CACHE_DIR" in caught.value.help) == ("compile" in what)
