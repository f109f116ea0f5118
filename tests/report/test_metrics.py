from modelspec.report.metrics import MOST_ROWS, TOTAL, by_output, metric_table
from tests.report.pages import HISTORY, part, texts


def test_each_value_belongs_to_the_output_that_it_is_named_after() -> None:
    keys = ["loss", "age_loss", "age_group_loss", "val_age_group_f1", "lr", "age_group_f1"]
    assert by_output(keys, ["age", "age_group"]) == {
        TOTAL: {"loss": "loss", "lr": "lr"},
        "age": {"loss": "age_loss"},
        "age_group": {"loss": "age_group_loss", "f1": "age_group_f1"},
    }
    assert by_output(["loss", "val_loss", "age_mae"], ["age"]) == {
        TOTAL: {},
        "age": {"loss": "loss", "age_mae": "age_mae"},
    }


def test_the_numbers_of_the_best_and_the_last_epoch() -> None:
    found = part(metric_table({"loss": "loss", "mae": "a_mae"}, HISTORY[1], HISTORY[2]))
    assert texts(found, "th")[:2] == ["best, epoch 2", "last, epoch 3"]
    shown = [each.get("title") for each in found.iter("td") if each.get("title")]
    assert shown == [
        repr(HISTORY[row][prefix + name])
        for name in ("loss", "a_mae")
        for row in (1, 2)
        for prefix in ("", "val_")
    ]


def test_one_epoch_is_told_once_and_nothing_of_nothing() -> None:
    found = part(metric_table({"loss": "loss"}, HISTORY[1], HISTORY[1]))
    assert len([each for each in found.iter("td") if each.get("title")]) == 2
    assert metric_table({}, HISTORY[0], HISTORY[0]) is None


def test_many_values_are_cut() -> None:
    names = {f"f1_{n}": f"f1_{n}" for n in range(100)}
    found = part(metric_table(names, {"epoch": 1}, {"epoch": 1}))
    assert len(texts(found, "tr")) == MOST_ROWS + 2
    assert "and 60 more in history.csv" in texts(found, "p")
