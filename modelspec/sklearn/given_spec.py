"""What an estimator takes for a spec: a file, text, a dict, or one that is loaded."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from modelspec.api.loaded_spec import LoadedSpec, load
from modelspec.api.origin import plain_value

GivenSpec: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | LoadedSpec"
_TEXT = "spec.yaml"
"""What findings call a spec that is in no file."""


def load_given(spec: GivenSpec, overrides: Sequence[str]) -> LoadedSpec:
    """Load a spec, with values put in place.

    Args:
        spec: The path of a file; YAML, which has several lines; the same as a dict; or a loaded
            spec.
        overrides: `path=value` texts, as of `--set`.

    Raises:
        OSError: The file cannot be read.
        SpecError: The spec has errors.
        TypeError: It is nothing of the kind, or holds what YAML does not.
    """
    if isinstance(spec, LoadedSpec):
        asked = spec.origin.with_overrides(overrides)
        return load(asked.file, **asked.options())
    if isinstance(spec, Mapping):
        text = json.dumps(dict(spec), indent=1, ensure_ascii=False, default=plain_value)
        return load(_TEXT, text=text, overrides=overrides)
    if isinstance(spec, str) and "\n" in spec:
        return load(_TEXT, text=spec, overrides=overrides)
    if isinstance(spec, str | os.PathLike):
        return load(os.fspath(spec), overrides=overrides)
    raise TypeError(f"a spec is a path, YAML, a dict or a loaded spec, not `{type(spec).__name__}`")
