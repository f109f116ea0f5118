"""Which layers, losses and metrics Keras has: those are held against golden files."""

import json
from pathlib import Path

KERAS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("keras_names.json").read_text(encoding="utf-8")
)


def needs_golden(declaration: type, room: str) -> bool:
    """Whether a class is Keras's, by its name or by what it says, so no reference will do."""
    return bool(declaration.keras) or declaration.__name__ in KERAS[room]
