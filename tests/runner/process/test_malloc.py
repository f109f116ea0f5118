import platform

from modelspec.runner.process.malloc import keep_freed_memory


def test_glibc_does_as_it_is_told() -> None:
    assert keep_freed_memory() is (platform.libc_ver()[0] == "glibc")
