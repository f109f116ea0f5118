import pytest

from modelspec.runner.run.diff import difference_text, differences


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["`a.b` was 1, is 2"]),
        ({"a": 1}, {"b": 1}, ["`a` is gone", "`b` is new"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["`a.1` was 2, is 3"]),
        ({"a": [1]}, {"a": [1, 3]}, ["`a` was [1], is [1, 3]"]),
        ({}, {"train": {"epochs": 3}}, ["`train.epochs` is new"]),
        ({"train": {}}, {}, []),
        ({"a": 1}, {"a": True}, ["`a` was 1, is True"]),
        ({"a": 1}, {"a": {"b": 1}}, ["`a` was 1, is {'b': 1}"]),
    ],
)
def test_each_difference_is_named(before: object, after: object, texts: list[str]) -> None:
    assert [difference_text(*each) for each in differences(before, after)] == texts
