"""What tests of plugins share."""

import pytest

from modelspec.language import plugins
from modelspec.layers import registry
from modelspec.training import callbacks, losses, metrics, optimizers, schedules


def unplugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin, and after the test go on, without what plugins have declared."""
    monkeypatch.setattr(registry, "_plugged", {})
    monkeypatch.setattr(plugins, "_owners", {})
    for catalogue in (
        losses._LOSSES,
        metrics._METRICS,
        optimizers._OPTIMIZERS,
        schedules._SCHEDULES,
        callbacks._CALLBACKS,
    ):
        monkeypatch.setattr(catalogue, "_plugged", {})
        monkeypatch.setattr(catalogue, "_spellings", dict(catalogue._spellings))
