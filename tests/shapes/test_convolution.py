"""Convolution arithmetic against counting windows."""

from hypothesis import given
from hypothesis import strategies as st

from modelspec.shapes import conv_output, evaluate, symbol

WINDOWS = (st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 4))


def windows(size: int, kernel: int, stride: int, dilation: int) -> int:
    """How many windows fit, by trying each start."""
    reach = (kernel - 1) * dilation
    return sum(start + reach < size for start in range(0, size, stride))


@given(*WINDOWS)
def test_valid_counts_the_windows_that_fit(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    found = conv_output(size, kernel, stride, dilation, "valid")
    assert isinstance(found, int)
    assert max(found, 0) == windows(size, kernel, stride, dilation)


@given(*WINDOWS)
def test_same_has_a_window_start_at_each_stride(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    found = conv_output(size, kernel, stride, dilation, "same")
    assert found == len(range(0, size, stride))
    assert found == conv_output(size, kernel, stride, dilation, "causal")


@given(*WINDOWS, st.sampled_from(["valid", "same", "causal"]))
def test_a_symbol_gives_what_its_number_gives(
    size: int, kernel: int, stride: int, dilation: int, padding: str
) -> None:
    symbolic = conv_output(symbol("T"), kernel, stride, dilation, padding)  # type: ignore[arg-type]
    number = conv_output(size, kernel, stride, dilation, padding)  # type: ignore[arg-type]
    assert evaluate(symbolic, {"T": size}) == number
