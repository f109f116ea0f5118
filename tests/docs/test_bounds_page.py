"""The page on bounds says what the code has."""

from pathlib import Path

import pytest

from modelspec.data.arrays import image_files
from modelspec.graph import bounds, resolve
from modelspec.keras import archive
from modelspec.language import context, expressions, scope
from modelspec.plot import depth
from modelspec.plot.painters import png
from modelspec.source import composer, encoding, scalars

PAGE = Path("docs/bounds.md").read_text()

SAID = [
    (f"{encoding.MAX_BYTES // 2**20} MiB", "source/encoding.py"),
    (f"{composer.MAX_DEPTH} levels", "source/composer.py"),
    (f"{composer.MAX_ALIASED:,}", "source/composer.py"),
    (f"{scalars._MOST_DIGITS}", "source/scalars.py"),
    (
        f"{expressions.MAX_LENGTH} characters, {expressions.MAX_DEPTH} levels, numbers to 2^63",
        "expressions.py",
    ),
    (f"{scope.MAX_BLOCK_DEPTH} levels", "language/scope.py"),
    (f"{scope.MAX_REPEAT:,} (`MS204`)", "language/scope.py"),
    (f"{context.MAX_COPIES:,}", "language/context.py"),
    (f"{context.MAX_NODES:,}", "language/context.py"),
    (f"{context.MAX_MODELS:,}", "language/context.py"),
    (f"{context.MAX_WRITTEN_OUT:,}", "language/context.py"),
    (f"{bounds.MOST_LEVELS} levels", "graph/bounds.py"),
    (f"{resolve.MOST_WRAPPERS}", "graph/resolve.py"),
    (f"{bounds.MOST_INFERRED:,}", "graph/bounds.py"),
    (f"{bounds.MOST_NUMBERS:,}", "graph/bounds.py"),
    (f"{depth.MOST_BOXES:,}, {depth.MOST_LEVELS} levels", "plot/depth.py"),
    (f"{image_files.MOST_PIXELS:,} pixels", "arrays/image_files.py"),
    (f"{archive.MOST_CONFIG // 2**20} MiB", "keras/archive.py"),
    (
        f"{archive.MOST_FREE // 2**20} MiB, or {archive.MOST_RATIO} times what it takes",
        "keras/archive.py",
    ),
    (f"{png.MOST_PIXELS:,} pixels, {png.MOST_SIDE:,} a side", "painters/png.py"),
]


@pytest.mark.parametrize(("bound", "where"), SAID)
def test_the_page_says_each_bound_beside_its_place(bound: str, where: str) -> None:
    rows = [line for line in PAGE.splitlines() if where in line]
    assert any(f"| {bound} |" in line for line in rows), rows
