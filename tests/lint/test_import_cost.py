"""Linting imports no more than it must."""

import subprocess
import sys

PROGRAM = """
import sys
from modelspec.lint import examine
examine("s.yaml", text="inputs: {x: [8]}\\nlayers: {y: {type: Dense, units: 1}}\\noutputs: [y]")
print("\\n".join(sys.modules))
"""


def test_documentation_is_not_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    modules = done.stdout.split()
    assert not [name for name in modules if name.startswith("modelspec.lint.rules.documented")]
    assert not {"torch", "numpy", "difflib", "rich"} & set(modules)
