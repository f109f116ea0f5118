"""What is asked for is imported, and no more."""

import subprocess
import sys

import pytest

import modelspec
from modelspec import api


def test_training_imports_nothing_of_tuning():
    program = "import modelspec, sys; modelspec.train; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    assert "modelspec.api.training" in modules
    rooms = ("modelspec.tuning", "modelspec.ensembles", "modelspec.exports", "torch")
    assert not [name for name in modules if name.startswith(rooms)]


def test_every_name_is_there():
    for name in api.__all__:
        assert getattr(modelspec, name) is getattr(api, name)
    with pytest.raises(AttributeError, match="no attribute 'trains'"):
        api.trains  # noqa: B018
