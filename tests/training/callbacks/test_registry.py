import subprocess
import sys

import pytest

from modelspec.training import callbacks


@pytest.mark.parametrize("name", callbacks.names())
def test_every_type_is_found_under_its_name(name: str) -> None:
    found = callbacks.find(name)
    assert found is not None
    assert found.type_name == name
    assert callbacks.find(found.__name__) is found
    assert found.__doc__


def test_other_names_are_not_found() -> None:
    assert callbacks.find("early_stoping") is None
    assert callbacks.find("../callback") is None


def test_finding_one_loads_no_other_and_no_torch() -> None:
    code = (
        "import sys; from modelspec.training import callbacks; callbacks.find('csv_logger');"
        "assert 'torch' not in sys.modules;"
        "assert 'modelspec.training.callbacks.checkpoint' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
