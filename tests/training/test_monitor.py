import pytest

from modelspec.training.monitor import higher_is_better


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [
        ("loss", False),
        ("val_loss", False),
        ("accuracy", True),
        ("val_gender_accuracy", True),
        ("val_income_sparse_categorical_accuracy", True),
        ("age_mae", False),
        ("auc", True),
        ("val_accuracy_loss", False),
    ],
)
def test_the_direction_goes_by_the_name(monitor: str, expected: bool) -> None:
    assert higher_is_better(monitor) is expected


def test_a_mode_overrules_the_name() -> None:
    assert higher_is_better("loss", "max")
    assert not higher_is_better("accuracy", "min")
