"""The command as a process of its own: a port in use, a damaged model, SIGTERM."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.serving.server import AddressError, address_of, bind
from tests.cli.conftest import run as run
from tests.serving import models
from tests.serving.test_application import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelspec.runner.inference.trained_model import TrainedModel
    from tests.cli.running import Run

SLOW = 400
"""Rows of a request that takes the model a while."""


@pytest.fixture
def spec(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The spec of the customers; its weights lie beside it."""
    models.model(folder, models.CUSTOMERS)
    monkeypatch.chdir(folder)
    return "spec.yaml"


@pytest.fixture
def server(spec: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server in another process, and its port."""
    command = [sys.executable, "-m", "modelspec", "serve", spec, "--port", "0"]
    command += ["--weights", "customers.safetensors", "--max-batch", str(SLOW)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        assert said.startswith("customers answers at http://127.0.0.1:"), said
        try:
            yield process, int(said.split("(")[0].rpartition(":")[2])
        finally:
            process.kill()


def ask(port: int, rows: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"rows": rows})
    connection.request("POST", "/predict", body, {"content-type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_it_answers_what_it_accepted_and_ends(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = server
    assert ask(port, [ROW])[0] == 200
    answers: list[tuple[int, dict[str, Any]]] = []
    half = socket.create_connection(("127.0.0.1", port))
    body = json.dumps({"rows": [ROW]}).encode()
    head = f"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    half.sendall(f"{head}content-type: application/json\r\n\r\n".encode() + body[:10])
    asking = [
        threading.Thread(target=lambda: answers.append(ask(port, [ROW] * SLOW))) for _ in range(3)
    ]
    for each in asking:
        each.start()
    while in_flight(port) < 4:
        pass
    process.send_signal(signal.SIGTERM)
    for each in asking:
        each.join(60)
    assert [(status, len(each["predictions"])) for status, each in answers] == [(200, SLOW)] * 3
    half.sendall(body[10:])
    assert half.makefile("rb").readline().startswith(b"HTTP/1.1 200"), "it had been accepted"
    half.close()
    assert process.wait(60) == 0
    with pytest.raises(ConnectionError):
        ask(port, [ROW])
    assert process.stderr
    assert "Traceback" not in process.stderr.read()


def in_flight(port: int) -> float:
    """How many requests are accepted and not answered; many where that has passed already."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    numbers = dict(line.rpartition(" ")[::2] for line in text.splitlines() if line[:1] != "#")
    done = float(numbers.get('modelspec_requests_total{status="200"}', 0)) - 1
    return float(numbers["modelspec_requests_in_flight"]) + done


def test_a_port_in_use(spec: str, run: Run) -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        ended = run("serve", spec, "--weights", "customers.safetensors", "--port", str(port))
    assert (ended.code, ended.out) == (1, "")
    assert f"port {port} of `127.0.0.1` cannot be had: Address already in use" in ended.err
    assert "help: choose another with `--port` or `--host`" in ended.err


def test_no_address() -> None:
    with pytest.raises(AddressError, match=r"`256\.1\.1\.1` cannot be listened at"):
        bind("256.1.1.1", 0)
    with pytest.raises(AddressError, match=r"of `192\.0\.2\.1` cannot be had"):
        bind("192.0.2.1", 0)
    with bind("::1", 0) as listener:
        assert address_of(listener).startswith("http://[::1]:")


def test_weights_that_are_damaged(spec: str, run: Run, folder: Path) -> None:
    (folder / "broken.safetensors").write_bytes(b"\x00" * 9)
    ended = run("serve", spec, "--weights", "broken.safetensors", "--port", "0")
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    assert "broken.safetensors" in ended.out + ended.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-body", "lots"), "an amount of memory"),
        (("--max-batch", "0"), "--max-batch"),
        (("--port", "70000"), "--port"),
        (("--threshold", "2"), "--threshold"),
        (("--device", "tpu"), "--device"),
        (("--output", "nothing"), "nothing"),
    ],
)
def test_options_that_cannot_be(
    options: tuple[str, ...], said: str, spec: str, run: Run, customers: TrainedModel
) -> None:
    ended = run("serve", spec, "--weights", "customers.safetensors", "--port", "0", *options)
    assert ended.code in (1, 2)
    assert said in ended.err + ended.out
    assert "Traceback" not in ended.err
