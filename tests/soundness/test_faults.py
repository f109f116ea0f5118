"""What once linted clean and did not run, or made lint itself break."""

import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import torch
import yaml

from modelspec.lint import examine
from modelspec.torch import build
from tests.soundness.checks import check_spec
from tests.work import work

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic

FIXED = {
    "input_float64": """
        inputs: {x: {shape: [3], dtype: float64}}
        layers: {y: {type: Dense, units: 2}}
        edges: [x -> y]
        outputs: {y: {from: y}}
        """,
    "dtype_not_as_declared": """
        inputs: {x: {shape: [12, 8, 3], dtype: float16}}
        layers:
          l0: {type: PReLU, alpha_constraint: {type: max_norm, axis: 2, max_value: 0.0}, repeat: 2}
          l1: {type: Multiply, activity_regularizer: l2}
          l2: {type: ELU, alpha: -0.5}
        edges: [x -> l0, "l0, l0 -> l1", l1 -> l2]
        outputs: {o: {from: l2}}
        """,
    "backward_fails": """
        inputs: {x: {shape: [6, 6, 3], dtype: float16}}
        layers: {l0: {type: LayerNormalization, epsilon: 0.9, scale: false}}
        edges: [x -> l0]
        outputs: {o: {from: l0}}
        """,
    "products_of_two_types": """
        inputs: {x: {shape: [3, 3], dtype: float64}, z: [3, 3]}
        layers:
          l0: {type: Einsum, equation: "bqd,bkd->bqk"}
          l1: Matmul
        edges: ["x, z -> l0", "z, x -> l1"]
        outputs: {o: {from: l0}, p: {from: l1}}
        """,
    "parts_of_a_split": """
        inputs: {x: [7, 3]}
        layers:
          l0: {type: Dense, units: 4}
          l1: {type: Split, indices_or_sections: [1, 3], axis: 1}
        edges: [x -> l0 -> l1]
        outputs: {o: {from: l1.part_0}, p: {from: l1.part_2}}
        """,
    "floor_divide_has_a_gradient": """
        inputs: {x: [4]}
        layers:
          l0: {type: Dense, units: 3}
          l1: {type: Arithmetic, function: floor_divide, constant: 2.0}
        edges: [x -> l0 -> l1]
        outputs: {o: {from: l1}}
        """,
    "group_normalization_of_an_input_crashed_torch": """
        inputs: {x: [3, 4, 2]}
        layers: {l0: {type: GroupNormalization, groups: -1}}
        edges: [x -> l0]
        outputs: {o: {from: l0}}
        """,
    "states_of_other_floats": """
        inputs: {x: [4, 2], h: {shape: [3], dtype: float64}}
        layers: {l0: {type: GRU, units: 3}}
        edges: [x -> l0, h -> l0.state]
        outputs: {o: {from: l0}}
        """,
    "masking_in_a_repeated_block": """
        inputs: {x: [7, 3]}
        blocks: {b: {inputs: [x], layers: {l: {type: Masking}}, edges: [x -> l], outputs: [l]}}
        layers: {l0: {type: b, repeat: 2}}
        edges: [x -> l0]
        outputs: {o: {from: l0}}
        """,
    "mask_of_more_than_steps": """
        inputs: {x: [2, 3, 2]}
        layers:
          l0: {type: Masking}
          l1: {type: ConvLSTM1D, filters: 2, kernel_size: 2, return_sequences: true}
        edges: [x -> l0 -> l1]
        outputs: {o: {from: l1}}
        """,
    "code_of_cropping": """
        inputs: {x: [3, 1]}
        layers: {l0: {type: Cropping1D}}
        edges: [x -> l0]
        outputs: {o: {from: l0}}
        """,
    "code_of_lstm": """
        inputs: {x: [T, 2]}
        layers: {l0: {type: LSTM, units: 3, recurrent_dropout: 0.5, activity_regularizer: l1_l2}}
        edges: [x -> l0]
        outputs: {o: {from: l0}}
        """,
}

FOUND = {
    "time_distributed_of_two_operands": (
        "MS406",
        """
        inputs: {x: [4, 9]}
        layers: {y: {type: TimeDistributed, layer: {type: Divide}}}
        outputs: [y]
        """,
    ),
    "dot_in_time_distributed": (
        "MS406",
        """
        inputs: {x: [4, 9, 2]}
        layers: {y: {type: TimeDistributed, layer: {type: Dot, axes: 1}}}
        outputs: [y]
        """,
    ),
    "input_typo_in_a_merge": (
        "MS201",
        """
        inputs: {a: {shape: [3], dtpye: float32}, b: [3]}
        layers: {j: Concatenate}
        edges: ["a, b -> j"]
        outputs: [j]
        """,
    ),
    "softmax_along_one_axis_twice": (
        "MS509",
        """
        inputs: {x: [4, 9]}
        layers: {y: {type: Softmax, axis: [1, -2]}}
        outputs: [y]
        """,
    ),
    "a_scalar_has_no_axis_to_be_normalised_along": (
        "MS509",
        """
        inputs: {x: [3]}
        layers:
          y: {type: TimeDistributed, layer: {type: Normalization, mean: [1.0], variance: 3.0}}
        outputs: [y]
        """,
    ),
    "reshape_takes_the_batch": (
        "MS501",
        """
        inputs: {x: [8, T]}
        layers: {y: {type: Reshape, target_shape: [1, 1]}}
        outputs: [y]
        """,
    ),
    "no_size_suits_both": (
        "MS501",
        """
        inputs: {x: [T, 4]}
        layers:
          one: {type: Reshape, target_shape: [4]}
          two: {type: Conv1D, filters: 2, kernel_size: 6}
        edges: [x -> one, x -> two]
        outputs: [one, two]
        """,
    ),
    "no_size_suits_a_sum_and_a_reshape": (
        "MS501",
        """
        inputs: {x: [T], y: [3]}
        layers:
          one: {type: Reshape, target_shape: [24]}
          two: Add
        edges: [x -> one, "x, y -> two"]
        outputs: [one, two]
        """,
    ),
    "no_size_suits_a_product_and_a_concatenation": (
        "MS501",
        """
        inputs: {x: [S, 5], y: [3, 1]}
        layers:
          one: {type: EinsumDense, equation: "abc,bc->ab", output_shape: 2}
          two: Concatenate
        edges: [x -> one, "y, x -> two"]
        outputs: [one, two]
        """,
    ),
    "noise_of_so_many_samples": (
        "MS501",
        """
        inputs: {x: [3, 5]}
        layers: {y: {type: Dropout, rate: 0.25, noise_shape: [5, null, null]}}
        outputs: [y]
        """,
    ),
    "size_that_is_never_reached": (
        "MS501",
        """
        inputs: {x: [T, T, 3]}
        layers:
          half: MaxPooling2D
          one: {type: Concatenate, axis: -1}
        edges: [x -> half, "x, half -> one"]
        outputs: [one]
        """,
    ),
    "subtract_of_booleans": (
        "MS506",
        """
        inputs: {a: [3], b: {shape: [3], dtype: bool}}
        layers: {y: Subtract}
        edges: ["a, b -> y"]
        outputs: [y]
        """,
    ),
}


def repeated(kind: str) -> str:
    """Three times ten thousand copies of a layer."""
    return ", ".join(f"l{i}: {{type: {kind}, repeat: 10000}}" for i in range(3))


REPEATED = f"""
blocks:
  b0: {{inputs: [x], layers: {{{repeated("Dense, units: 3")}}}, outputs: [l2]}}
  b1: {{inputs: [x], layers: {{{repeated("b0")}}}, outputs: [l2]}}
inputs: {{x: [3]}}
layers: {{a: {{type: b1}}}}
outputs: [a]
"""
MOST_LINES = 2_000_000
"""Of Python, a second under the tests' own counting; ninety thousand copies and a
graph of them took ten times as many."""


def read(text: str) -> Any:
    return {"version": 1, **yaml.safe_load(textwrap.dedent(text))}


@pytest.mark.parametrize("name", FIXED)
def test_it_lints_clean_and_runs(name: str) -> None:
    text = yaml.safe_dump(read(FIXED[name]))
    assert not examine("spec.yaml", text=text).report.errors
    assert check_spec(read(FIXED[name]), drawn=True) == []


@pytest.mark.parametrize("name", FOUND)
def test_lint_says_it(name: str) -> None:
    code, text = FOUND[name]
    (found,) = examine("spec.yaml", text=textwrap.dedent(text)).report.errors
    assert found.code == code
    assert found.help


def test_reshape_keeps_the_batch_where_a_size_is_open() -> None:
    text = "inputs: {x: [T, 4]}\nlayers: {y: {type: Reshape, target_shape: [4]}}\noutputs: [y]\n"
    examined = examine("spec.yaml", text=text)
    assert not examined.report.errors
    module = build(examined.graph)
    assert module(torch.zeros(3, 1, 4))["y"].shape == (3, 4)
    with pytest.raises(RuntimeError, match="invalid for input of size"):
        module(torch.zeros(3, 2, 4))


def test_bounds_are_checked_before_anything_is_copied() -> None:
    found: list[Diagnostic] = []
    lines = work(lambda: found.extend(examine("spec.yaml", text=REPEATED).report.errors))
    assert [(each.code, each.help) for each in found] == [("MS104", "repeat less")]
    assert lines < MOST_LINES
