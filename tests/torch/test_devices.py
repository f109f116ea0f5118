"""Finding a device."""

import pytest
import torch

from modelspec.torch import devices


def test_auto_is_the_first_that_works():
    assert devices.find().type == devices.available()[0]
    assert devices.available()[-1] == "cpu"


def test_by_name():
    assert devices.find("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "", "tpu:0"])
def test_no_such_device(name):
    with pytest.raises(devices.DeviceError, match="is no device"):
        devices.find(name)


def test_a_device_that_is_not_here(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(devices.DeviceError, match="no `cuda` device here: cpu"):
        devices.find("cuda")


def test_a_gpu_that_is_not_here(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices.find("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(devices.DeviceError, match="no `cuda:2` here"):
        devices.find("cuda:2")
