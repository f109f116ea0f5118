"""What mistyped names may have meant, in specs that have thousands of them."""

from modelspec.language import names
from modelspec.language.names import Suggestions


def test_the_nearest_is_looked_for_in_all_collections() -> None:
    found = Suggestions()
    assert found.nearest("Dens", ["block"], {"Dense": 1}) == "Dense"
    assert found.nearest("blok", ["block"], {"Dense": 1}) == "block"
    assert found.nearest("zzzz", ["block"], {"Dense": 1}) is None


def test_comparisons_end_but_what_was_found_is_remembered() -> None:
    found = Suggestions()
    few, many = ["Dense"], [f"name{place}" for place in range(names._MOST_COMPARISONS + 1)]
    assert found.nearest("Dens", few) == "Dense"
    assert found.nearest("nam5", many) is not None
    assert found.nearest("nam6", many) is None
    assert found.nearest("Dens", few) == "Dense"
    assert found.nearest("Dnse", few) is None
