"""`modelspec serve` beside a FastAPI script and LitServe, on the same run, in CPU seconds.

    python benchmarks/serving.py [--rounds 3] [--make-env serving-env] [--env serving-env]
    python benchmarks/serving.py --spec customers

Trains `specs/breast_cancer.yaml` in a folder of its own, and serves it in three ways, in turns: by
`modelspec serve`, by `by_hand/serve_fastapi.py` and by `by_hand/serve_litserve.py`, whose model and
preprocessing are written by hand for this one table. `--make-env` makes a virtual environment that
sees the packages of this one, and installs FastAPI, httptools and LitServe there; without one, only
modelspec is measured.

Of another of `specs/` (`--spec`), only modelspec is measured, by the row that its page shows: that
of customers has numbers, classes and a date in a form of its own.

Each request has one row, of breast_cancer one of 30 numbers. Counted is the CPU time of the
server's processes, those that it starts included; latency is what a client on the same machine
sees; memory is the sum of the processes' proportional shares (PSS); the start is the CPU time until
the first answer.
"""

import argparse
import asyncio
import csv
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
BY_HAND = Path(__file__).parent / "by_hand"
BY_HAND_SPEC = "breast_cancer"
"""The spec whose model the others have written by hand."""
PACKAGES = ("fastapi", "uvicorn", "httptools", "litserve==0.2.19")
TICKS = os.sysconf("SC_CLK_TCK")
ALONE, TOGETHER = 1, 16
REQUESTS = {ALONE: 600, TOGETHER: 3200}
LITSERVE_WAITS = "0.001"
"""Seconds that LitServe waits for a batch to fill; with none it does not batch."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spec", default=BY_HAND_SPEC)
    parser.add_argument("--make-env", type=Path)
    parser.add_argument("--env", type=Path)
    options = parser.parse_args()
    if options.make_env:
        make_env(options.make_env)
    env = (options.make_env or options.env) if options.spec == BY_HAND_SPEC else None
    with tempfile.TemporaryDirectory() as folder:
        run, body = trained(Path(folder), options.spec)
        commands = {"modelspec serve": [sys.executable, "-m", "modelspec", "serve", str(run), "-q"]}
        if env:
            python = str(env.absolute() / "bin" / "python")
            commands["FastAPI"] = [python, "-m", "uvicorn", "serve_fastapi:app"]
            commands["LitServe"] = [python, "serve_litserve.py"]
        measured: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                measured[name].append(measure(name, command, run, body))
    tell(measured)


def make_env(folder: Path) -> None:
    """A virtual environment that sees the packages of this one, and has the others' own."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout
    (Path(site.strip()) / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)


def trained(folder: Path, name: str) -> tuple[Path, bytes]:
    """A run, and the body of a request."""
    spec = ROOT / "specs" / f"{name}.yaml"
    (folder / "specs").mkdir()
    (folder / "specs" / spec.name).write_text(spec.read_text())
    make = [sys.executable, ROOT / "specs" / "make_data.py", "data", name]
    subprocess.run(make, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    train = [sys.executable, "-m", "modelspec", "train", f"specs/{spec.name}", "-q"]
    subprocess.run(
        [*train, "--set", "train.epochs=5"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    run = folder / "runs" / name / "latest"
    if name != BY_HAND_SPEC:
        return run, json.dumps({"rows": [example(run)]}).encode()
    with open(folder / "data" / "breast_cancer.csv", newline="") as file:
        row = next(csv.DictReader(file))
    del row["diagnosis"]
    body = json.dumps({"rows": [{name: float(value) for name, value in row.items()}]}).encode()
    return run, body


def example(run: Path) -> dict[str, object]:
    """A row that a model takes."""
    import modelspec
    from modelspec.serving.columns import served_columns
    from modelspec.serving.inline_image import with_inline_images

    known = with_inline_images(modelspec.load_run(str(run)).predictor.trained)
    return {name: column.cell() for name, column in served_columns(known).items()}


def measure(name: str, command: list[str], run: Path, body: bytes) -> dict[str, float]:
    """Start a server, ask it, and end it."""
    with started(name, command, run) as (process, port):
        begun = time.perf_counter()
        while not answers(port, body):
            assert process.poll() is None, f"{name} ended"
            time.sleep(0.02)
        found = {
            "start, CPU s": cpu_seconds(process.pid),
            "start, s": time.perf_counter() - begun,
        }
        asyncio.run(load(port, body, TOGETHER, 320))
        for clients in (ALONE, TOGETHER):
            before = cpu_seconds(process.pid)
            times = sorted(asyncio.run(load(port, body, clients, REQUESTS[clients])))
            used = cpu_seconds(process.pid) - before
            found[f"{clients}: requests a CPU s"] = len(times) / used
            found[f"{clients}: p50, ms"] = times[len(times) // 2] * 1e3
            found[f"{clients}: p95, ms"] = times[len(times) * 95 // 100] * 1e3
        found["PSS, MB"] = sum(map(proportional_bytes, family(process.pid))) / 1e6
        return found


@contextmanager
def started(name: str, command: list[str], run: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    """A server in a group of processes of its own, and its port."""
    port = free_port()
    options = {"LitServe": [str(port), LITSERVE_WAITS]}.get(name, ["--port", str(port)])
    if name == "FastAPI":
        options += ["--no-access-log", "--log-level", "warning"]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "RUN": str(run)}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
    with subprocess.Popen(
        [*command, *options], cwd=BY_HAND, env=env, start_new_session=True
    ) as process:
        try:
            yield process, port
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int, body: bytes) -> bool:
    """Whether a server predicts by now."""
    try:
        asyncio.run(load(port, body, 1, 1))
    except (OSError, asyncio.IncompleteReadError, RefusedError):
        return False
    return True


class RefusedError(Exception):
    """An answer with another status than 200."""


async def load(port: int, body: bytes, clients: int, requests: int) -> list[float]:
    """The seconds that each of some requests took, sent by so many clients at once."""
    head = f"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    request = f"{head}content-type: application/json\r\n\r\n".encode() + body
    times: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for _ in range(requests // clients):
                begun = time.perf_counter()
                writer.write(request)
                answer = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in answer[:16]:
                    raise RefusedError(answer.decode())
                length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                times.append(time.perf_counter() - begun)
        finally:
            writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return times


def family(process: int) -> list[int]:
    """A process and all that it, or one of these, has started."""
    found = [process]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def cpu_seconds(process: int) -> float:
    """What a process and its family have used, those counted that have ended."""
    return sum(map(_own_seconds, family(process)))


def _own_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def proportional_bytes(process: int) -> int:
    """The memory of a process, of what it shares its part."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def tell(measured: dict[str, list[dict[str, float]]]) -> None:
    """Print the median of each figure."""
    print(f"| | {' | '.join(measured)} |")
    print("|---" * (1 + len(measured)) + "|")
    for figure in next(iter(measured.values()))[0]:
        medians = [
            statistics.median(each[figure] for each in rounds) for rounds in measured.values()
        ]
        print(f"| {figure} | {' | '.join(f'{each:,.3g}' for each in medians)} |")


if __name__ == "__main__":
    main()
