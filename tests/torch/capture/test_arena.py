"""Where memories of a step lie."""

from hypothesis import given
from hypothesis import strategies as st

from modelspec.torch.capture.arena import LINE, Use, arranged

USES = st.builds(
    lambda first, length, size: Use(first, first + length, size),
    st.integers(0, 20),
    st.integers(0, 10),
    st.integers(0, 500),
)


@given(st.lists(USES, max_size=12))
def test_what_is_in_use_together_lies_apart(uses: list[Use]) -> None:
    starts, total = arranged(dict(enumerate(uses)))
    for one, use in enumerate(uses):
        assert starts[one] % LINE == 0
        assert starts[one] + use.bytes <= total
        for other, theirs in enumerate(uses[:one]):
            if use.first <= theirs.last and theirs.first <= use.last and use.bytes and theirs.bytes:
                ends = starts[one] + use.bytes, starts[other] + theirs.bytes
                assert starts[other] >= ends[0] or starts[one] >= ends[1]


def test_memory_is_used_again() -> None:
    one_after_the_other = {place: Use(place, place + 1, 640) for place in range(0, 10, 2)}
    assert arranged(one_after_the_other)[1] == 640
    assert arranged({place: Use(0, 1, 640) for place in range(3)})[1] == 3 * 640
