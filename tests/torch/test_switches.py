"""Switches of optimizations."""

from contextlib import suppress

from modelspec.torch.switches import Switch


def test_a_switch_is_off_in_its_block_only():
    switch, other = Switch("something"), Switch("another thing")
    assert switch
    with suppress(ValueError), switch.off():
        with switch.off():
            assert not switch
        assert not switch
        assert other
        raise ValueError
    assert switch
