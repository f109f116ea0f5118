"""What newcomers really write: exactly these findings, at these places, and never an exception.

The first line of a file under `broken/` says which: `# expect: MS201 4:33, MS603 6:44`.
"""

from pathlib import Path

import pytest

from modelspec.lint import examine

BROKEN = sorted(Path(__file__).parent.joinpath("broken").glob("*.yaml"))


def _found(file: str, text: str | bytes | None = None) -> list[str]:
    report = examine(file, text=text).report
    return [f"{found.code} {found.span.line}:{found.span.column}" for found in report]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_broken_spec(file: Path) -> None:
    first_line = file.read_text(encoding="utf-8").partition("\n")[0]
    expected = first_line.removeprefix("# expect: ").split(", ")
    assert _found(str(file)) == expected


def test_there_are_many() -> None:
    assert len(BROKEN) >= 70


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["MS211 1:1"]),
        (b"\n\n  \n", ["MS211 1:1"]),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ["MS101 1:1"]),
        (bytes(range(256)) * 40, ["MS101 1:1"]),
        (b"inputs: {x: [8]}\nlayers: \xff\xfe\n", ["MS101 2:9"]),
        (b"\x00" * 1000, ["MS101 1:1"]),
        (b"PK\x03\x04" + b"\x14\x00" * 100, ["MS101 1:3"]),
    ],
    ids=["empty", "blank", "png", "all-bytes", "not-utf8", "zeros", "zip"],
)
def test_binary_junk(content: bytes, expected: list[str]) -> None:
    assert _found("junk.yaml", content) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 5_000_000, ["MS203 1:1"]),
        ("- " * 2_500_000, ["MS104 1:201"]),
        ("[" * 5_000_000, ["MS104 1:101"]),
        ("# note\n" * 720_000 + "inputs: {x: [8]\n", ["MS101 720001:16"]),
        ("\n" * 5_000_000 + "inputs: 7\nlayers: {y: Flatten}\noutputs: [y]\n", ["MS203 5000001:9"]),
    ],
    ids=["one-word", "dashes", "brackets", "comments", "blank-lines"],
)
def test_a_file_of_five_megabytes(text: str, expected: list[str]) -> None:
    assert _found("large.yaml", text) == expected


def test_a_name_of_a_megabyte() -> None:
    text = f"inputs: {{x: [8]}}\nlayers: {{{'y' * 1_000_000}: Flatten}}\noutputs: [z]\n"
    assert [found.split()[0] for found in _found("long.yaml", text)] in (["MS101"], ["MS301"])


def test_an_integer_of_ten_thousand_digits() -> None:
    text = (
        f"inputs: {{x: [8]}}\nlayers: {{y: {{type: Dense, units: {'9' * 10_000}}}}}\noutputs: [y]"
    )
    assert len(_found("digits.yaml", text)) == 1
