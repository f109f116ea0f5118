"""Some of the changed specs that `benchmarks/soundness.py --mutants` draws by the thousand."""

from pathlib import Path

import pytest

from tests.soundness.mutants import draw_mutant, look_at

TEXTS = [file.read_text() for file in sorted(Path("specs").glob("*.yaml"))]
SEEDS_A_GROUP = 15


@pytest.mark.parametrize("group", range(8))
def test_nothing_raises(group: int) -> None:
    for seed in range(group * SEEDS_A_GROUP, (group + 1) * SEEDS_A_GROUP):
        look_at(draw_mutant(seed, TEXTS))
