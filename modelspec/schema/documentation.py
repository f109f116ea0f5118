"""The strings under the fields of a declaration: what `explain`, the schema and the docs say.

They are read from the source when they are wanted: pydantic's own way of keeping them would
read the source of every layer at every start.
"""

import ast
import sys
from functools import cache
from inspect import cleandoc


def field_docs(declaration: type) -> dict[str, str]:
    """What stands under each field of a class and its bases, the nearest class first."""
    found: dict[str, str] = {}
    for base in declaration.__mro__:
        for field, doc in _module_docs(base.__module__).get(base.__name__, {}).items():
            found.setdefault(field, doc)
    return found


@cache
def _module_docs(module: str) -> dict[str, dict[str, str]]:
    """The fields' strings of each class in a module."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if not file or not file.endswith(".py") or module.startswith("pydantic."):
        return {}
    with open(file, encoding="utf-8") as stream:
        tree = ast.parse(stream.read())
    return {node.name: _docs(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _docs(declaration: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, below in zip(declaration.body, declaration.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            found[field.target.id] = " ".join(cleandoc(below.value.value).split())
    return found
