from pathlib import Path

import pytest

from modelspec import lint
from modelspec.runner.process.cpu_threads import threads_for

SPECS = Path(__file__).parents[3] / "specs"


@pytest.mark.parametrize(
    ("spec", "threads"),
    [
        ("sequential", 1),
        ("digits", 1),
        ("residual", None),
        ("social", None),
        ("transformer_encoder", None),
        ("reviews", 1),
        ("dates", 1),
        ("headline", 1),
        ("siamese_lstm", 1),
        ("video_qa", None),
    ],
)
def test_small_steps_get_one_thread(spec: str, threads: int | None) -> None:
    graph = lint.examine(str(SPECS / f"{spec}.yaml")).graph
    assert graph
    assert threads_for(graph, 32) == threads
