from modelspec.report.names import readable


def test_names_that_cannot_be_seen_are_quoted() -> None:
    assert [readable(name) for name in ("a b", " ", "\n", "")] == ["a b", "' '", r"'\n'", "''"]
