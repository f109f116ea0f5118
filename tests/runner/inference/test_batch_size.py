"""How many rows are predicted at once: a rule on what a row takes."""

import pytest

from modelspec.memory.calls import UnknownSizeError
from modelspec.runner.inference import batch_size as module
from modelspec.runner.inference.batch_size import BATCH, batch_size
from tests.torch.specs import graph_of

DENSE = """
inputs: {{x: [{width}]}}
layers: {{hidden: {{type: Dense, units: {width}}}, out: {{type: Dense, units: 1}}}}
outputs: [out]
"""


@pytest.mark.parametrize(
    ("width", "wanted"), [(10, 2048), (63, 2048), (70, 1024), (200, 512), (260, 256), (9000, 256)]
)
def test_what_a_batch_makes_fits_the_cache(width: int, wanted: int) -> None:
    assert batch_size(graph_of(DENSE.format(width=width))) == wanted


def test_a_model_whose_sizes_are_not_known_has_the_usual_batch(monkeypatch) -> None:
    def unknown(*_):
        raise UnknownSizeError

    monkeypatch.setattr(module, "calls_of", unknown)
    assert batch_size(graph_of(DENSE.format(width=4))) == BATCH


def test_what_is_drawn_stays() -> None:
    spec = """
        inputs: {said: {shape: [t], dtype: int32}}
        layers:
          embedding: {type: Embedding, input_dim: 5, output_dim: 4}
          memory: {type: LSTM, units: 3, return_sequences: true}
          next: {type: Dense, units: 5, activation: softmax}
        outputs:
          next:
            loss: categorical_crossentropy
            decode: {feed: said, start: "<", stop: ">", max_length: 6}
    """
    assert batch_size(graph_of(spec)) == BATCH
