"""Lines on standard output and standard error."""

import json
import math
import sys
from typing import Any

from modelspec.diagnostics.render.style import printable


def say(text: object, *, error: bool = False) -> None:
    """Print a line without what could drive a terminal: names and paths are of any characters."""
    print(printable(str(text)), file=sys.stderr if error else sys.stdout)


def say_json(content: object) -> None:
    """Print JSON that every reader takes: it has no NaN and nothing infinite, which are null."""
    print(json.dumps(_finite(content), indent=2, allow_nan=False))


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
