"""What a training takes, against numbers that can be counted by hand."""

from itertools import pairwise

import pytest

from modelspec import lint
from modelspec.memory import (
    RESOLUTION,
    TrainingMemory,
    peak_text,
    spec_memory,
    too_large,
)
from modelspec.memory.calls import calls_of
from modelspec.memory.heap import heap_size, live_size
from modelspec.memory.step import Event, forward_events, training_events

CHAIN = """
inputs: {x: [100]}
layers:
  a: {type: Dense, units: 200, activation: relu, use_bias: false%s}
  b: {type: Dense, units: 300, activation: relu, use_bias: false}
  y: {type: Dense, units: 1, use_bias: false}
outputs: {y: mse}
train: {optimizer: adam, batch_size: 64}
"""
FLOAT = 4
WEIGHTS = FLOAT * (100 * 200 + 200 * 300 + 300)
SHARED = """
inputs: {left: [T, 8], right: [T, 8]}
shared: {reader: {type: LSTM, units: 16}}
layers:
  one: {use: reader}
  two: {use: reader}
  y: Add
edges: [left -> one, right -> two, "one, two -> y"]
outputs: {y: mse}
"""
ONE_READER = """
inputs: {left: [T, 8]}
layers: {y: {type: LSTM, units: 16}}
outputs: {y: mse}
"""
BLOCK = """
inputs: {frames: [5, 12]}
blocks:
  look:
    inputs: [x]
    layers: {h: {type: Dense, units: 50, activation: relu}, z: {type: Dense, units: 7}}
    outputs: [z]
layers:
  each: {type: TimeDistributed, layer: look}
outputs: {each: mse}
"""


def memory_of(text: str) -> TrainingMemory:
    examined = lint.examine("spec.yaml", text=text)
    assert not examined.report.failed, examined.report.errors
    assert examined.spec
    assert examined.graph
    found = spec_memory(examined.spec, examined.graph)
    assert found
    return found


def live(memory: TrainingMemory, batch: int) -> int:
    return live_size(memory.steps, batch)


def per_sample(memory: TrainingMemory) -> int:
    """Bytes for each further sample of a large batch."""
    return (live(memory, 200_000) - live(memory, 100_000)) // 100_000


def test_weights_gradients_and_slots_are_those_of_the_graph() -> None:
    found = memory_of(CHAIN % "")
    assert (found.weights, found.gradients, found.slots) == (WEIGHTS, WEIGHTS, 2 * WEIGHTS)
    assert found.batch_size == 64


def test_a_sample_of_a_chain_takes_its_inputs_its_outputs_and_two_gradients() -> None:
    """Worst is while `b` goes back: both gradients, what it makes on the way, `x`, `a`, `b`."""
    worst = 100 + 200 + 300 + 300 + 300 + 200 + 1
    assert per_sample(memory_of(CHAIN % "")) == FLOAT * worst


def test_before_what_is_frozen_nothing_is_kept() -> None:
    frozen = memory_of(CHAIN % ", trainable: false")
    assert frozen.gradients == WEIGHTS - FLOAT * 100 * 200
    assert per_sample(frozen) < per_sample(memory_of(CHAIN % ""))


def test_gradients_stay_until_the_next_backward_pass() -> None:
    calls = calls_of(lint.examine("s", text=CHAIN % "").graph, {})  # type: ignore[arg-type]
    step = training_events(calls, [FLOAT], 0)
    assert live_size([step], 0) == WEIGHTS
    assert live_size([step, forward_events(calls)], 1) > live_size([forward_events(calls)], 1)


def test_each_call_of_a_shared_layer_keeps_its_own() -> None:
    both = memory_of(SHARED)
    one = memory_of(ONE_READER)
    assert both.lengths == {"T": 32}
    assert per_sample(both) > 1.6 * per_sample(one)


def test_a_block_runs_at_every_step() -> None:
    once = BLOCK.replace("[5, 12]", "[12]").replace("{type: TimeDistributed, layer: look}", "look")
    assert per_sample(memory_of(BLOCK)) == 5 * per_sample(memory_of(once))


def test_mixed_precision_halves_what_layers_make() -> None:
    half = memory_of((CHAIN % "").replace("adam,", "adam, precision: bfloat16,"))
    assert 0.4 < per_sample(half) / per_sample(memory_of(CHAIN % "")) < 0.65


def test_the_best_weights_are_one_copy_more() -> None:
    stopping = "callbacks: [{type: early_stopping, restore_best_weights: true, monitor: loss}]"
    kept = memory_of((CHAIN % "").replace("adam,", f"adam, {stopping},"))
    assert kept.slots == 3 * WEIGHTS


def test_the_largest_batch_fits_and_the_next_one_does_not() -> None:
    found = memory_of(CHAIN % "")
    for available in (20_000_000, 50_000_000, 10**9):
        size = found.largest_batch(available)
        assert found.peak(size) <= available < found.peak(size + 1)
        on_device = found.largest_batch(available, on_cpu=False)
        assert found.peak(on_device, on_cpu=False) <= available
    assert found.largest_batch(1_000_000) == 0


def test_the_peak_grows_with_the_batch() -> None:
    peaks = [memory_of(CHAIN % "").peak(size) for size in (1, 10, 100, 1_000, 10_000)]
    assert all(a < b for a, b in pairwise(peaks))


def test_what_does_not_fit_is_said_with_the_batch_that_does() -> None:
    found = memory_of(CHAIN % "")
    assert too_large(found, 64, 10**9) is None
    said = too_large(found, 10**7, 10**9)
    assert said
    size = found.largest_batch(10**9)
    assert f"`--set train.batch_size={size}`" in said
    assert "1 GB are free" in said
    assert "even a batch of 1 takes" in str(too_large(found, 64, 1_000_000))


def test_without_a_loss_there_is_no_step() -> None:
    examined = lint.examine("s", text="inputs: {x: [3]}\nlayers: {y: ReLU}\noutputs: [y]\n")
    assert examined.spec
    assert examined.graph
    assert spec_memory(examined.spec, examined.graph) is None


def test_what_is_freed_is_taken_again_only_with_room_to_align() -> None:
    big = 100_000_000
    again = [Event(1, big), Event(2, big), Event(3, 1), Event(1), Event(4, big)]
    assert live_size([again], 1) == 2 * big + 1
    assert heap_size([again], 1) == 3 * big
    joined = [Event(1, big), Event(2, big), Event(3, big), Event(1), Event(2), Event(4, big)]
    assert heap_size([joined], 1) == 3 * big


@pytest.mark.parametrize("batch", [1, 7])
def test_a_heap_is_never_smaller_than_what_lies_in_it(batch: int) -> None:
    found = memory_of(SHARED)
    assert heap_size(found.steps, 1000 * batch) >= live(found, 1000 * batch) - 16_000_000


def test_the_largest_batch_is_found_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = memory_of(CHAIN % ""), list[int]()
    peak = TrainingMemory.peak

    def counted(self: TrainingMemory, batch: int | None = None, *, on_cpu: bool = True) -> int:
        asked.append(batch or 0)
        return peak(self, batch, on_cpu=on_cpu)

    monkeypatch.setattr(TrainingMemory, "peak", counted)
    for available in (20_000_000, 10**9, 10**11):
        asked.clear()
        found.largest_batch(available)
        assert len(asked) < 20


HALF = "train: {batch_size: 8, precision: bfloat16}"
ROWS = """
inputs: {x: {shape: [16], dtype: int64}}
layers:
  rows: {type: Embedding, input_dim: 9, output_dim: 32}
  %s
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
%s
"""


def sizes_of(text: str) -> list[int]:
    graph = lint.examine("spec.yaml", text=text).graph
    assert graph
    return calls_of(graph, {}, 2).sizes


@pytest.mark.parametrize(
    ("layer", "width"),
    [
        ("more: {type: ReLU}", 4),  # as its operand, which an Embedding makes
        ("more: {type: Conv1D, filters: 32, kernel_size: 1}", 2),
        ("more: {type: GRU, units: 32, return_sequences: true}", 4),
        ("more: {type: LSTM, units: 32, return_sequences: true}", 2),
    ],
)
def test_autocast_halves_what_products_make(layer: str, width: int) -> None:
    _, embedded, made, *_ = sizes_of(ROWS % (layer, HALF))
    assert (embedded, made) == (4 * 16 * 32, width * 16 * 32)


def test_of_a_wide_operand_products_keep_a_copy_of_half_the_width() -> None:
    graph = lint.examine("s", text=ROWS % ("more: {type: Dense, units: 3}", HALF)).graph
    assert graph
    (dense,) = [each for each in calls_of(graph, {}, 2).calls if each.operands == [1]]
    assert (dense.kept, dense.more) == (set(), 2 * 16 * 32)
    (whole,) = [each for each in calls_of(graph, {}).calls if each.operands == [1]]
    assert (whole.kept, whole.more) == ({1}, 0)


def test_of_a_small_peak_it_is_said_what_it_is_less_than() -> None:
    found = memory_of(CHAIN % "")
    assert found.peak(1) < RESOLUTION < found.peak(20_000)
    assert peak_text(found.peak(1)) == "less than 20 MB"
    assert peak_text(found.peak(1, on_cpu=False), on_cpu=False) == "1.32 MB"
    assert "takes up to 20 MB, and 1 MB are free" in str(too_large(found, 1, 1_000_000))


def test_a_wide_operand_is_padded_before_it_is_halved() -> None:
    layer = "more: {type: Conv1D, filters: 3, kernel_size: 3, padding: %s}"
    calls = {}
    for padding in ("same", "causal"):
        graph = lint.examine("s", text=ROWS % (layer % padding, HALF)).graph
        assert graph
        (calls[padding],) = [each for each in calls_of(graph, {}, 2).calls if each.operands == [1]]
    copy = (16 + 2) * 32
    assert (calls["causal"].more, calls["causal"].passing) == (2 * copy, 4 * copy)
    assert calls["same"].passing == 0


def test_what_is_not_counted_is_said() -> None:
    found = memory_of((CHAIN % "").replace("adam,", "adam, compile: true,"))
    assert "`train.compile` not counted" in str(too_large(found, 10**7, 10**9))
    shared = memory_of((CHAIN % "").replace("adam,", "adam, strategy: fsdp,"))
    assert "`train.strategy` not counted" in str(too_large(shared, 10**7, 10**9))
    assert "not counted" not in str(too_large(memory_of(CHAIN % ""), 10**7, 10**9))
