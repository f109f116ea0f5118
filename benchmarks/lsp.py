"""The language server: from an edit to its findings, memory, and a spec typed with its help.

    PYTHONPATH=. python benchmarks/lsp.py [--edits 40] [--memory-edits 1000]

Milliseconds from an edit to its findings, beyond the wait for the next key, against what an
editor without a server would run at every save: `modelspec lint` in a process of its own. Then
the CPU seconds of an edit in the server, its memory before and after many edits, and the keys that
`specs/qa.yaml` takes with its completions and without.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from modelspec.lsp.session import DELAY
from tests.lsp.client import Client

SPECS = Path(__file__).parent.parent / "specs"
NODES = 2000


def chain(nodes: int) -> str:
    """A chain of Dense layers."""
    layers = "".join(f"  n{i}: {{type: Dense, units: 8, activation: relu}}\n" for i in range(nodes))
    edges = "".join(f"  - n{i} -> n{i + 1}\n" for i in range(nodes - 1))
    head = "version: 1\nname: chain\ninputs: {x: [8]}\nlayers:\n"
    return f"{head}{layers}edges:\n  - x -> n0\n{edges}outputs: [n{nodes - 1}]\n"


def texts() -> dict[str, str]:
    """The specs that are edited."""
    found = {name: (SPECS / f"{name}.yaml").read_text() for name in ("qa", "resnet50")}
    return {**found, f"{NODES:,} nodes": chain(NODES)}


def cpu_seconds(client: Client) -> float:
    """What the server has used so far."""
    fields = Path(f"/proc/{client.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(client: Client) -> float:
    """The memory that the server holds."""
    status = Path(f"/proc/{client.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found
    return int(found[1]) / 1024


def edit(client: Client, uri: str, line: int) -> float:
    """Type a blank at the end of a comment and take it back; seconds of one of both."""
    began = time.perf_counter()
    client.insert(uri, line, 1, " ")
    client.findings(uri)
    client.insert(uri, line, 1, "", over=1)
    client.findings(uri)
    return (time.perf_counter() - began) / 2


def measure_edits(folder: Path, edits: int) -> None:
    """Print how long findings take."""
    print(f"{'spec':12} {'median ms':>10} {'95 % ms':>10} {'CPU ms':>10} {'lint, ms':>10}")
    for name, text in texts().items():
        path = folder / "edited.yaml"
        written = f"#\n{text}"
        path.write_text(written)
        client = Client()
        uri = client.open(path, written)
        client.findings(uri)
        edit(client, uri, 0)
        spent = cpu_seconds(client)
        waits = sorted((edit(client, uri, 0) - DELAY) * 1000 for _ in range(edits))
        spent = (cpu_seconds(client) - spent) / (2 * edits) * 1000
        linted = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "modelspec", "lint", str(path)], capture_output=True
            )
            linted.append((time.perf_counter() - began) * 1000)
        high = waits[min(len(waits) - 1, int(len(waits) * 0.95))]
        row = (statistics.median(waits), high, spent, statistics.median(linted))
        print(f"{name:12} " + " ".join(f"{value:10.0f}" for value in row), flush=True)
        client.end()


def measure_memory(folder: Path, edits: int) -> None:
    """Print what the server holds before and after."""
    text = f"#\n{(SPECS / 'resnet50.yaml').read_text()}"
    client = Client()
    uri = client.open(folder / "memory.yaml", text)
    client.findings(uri)
    for number in range(edits // 2):
        if number == 10:
            print(f"memory after {2 * number} edits of resnet50: {megabytes(client):.0f} MB")
        edit(client, uri, 0)
    print(f"memory after {edits} edits: {megabytes(client):.0f} MB")
    client.end()


class Typist:
    """Types a text, and takes what the server offers where that is fewer keys."""

    def __init__(self, client: Client, path: Path, target: str) -> None:
        self.client = client
        self.uri = client.open(path, "")
        self.target = target
        self.at = 0
        self.keys = 0
        self.taken = 0
        self.missed: list[str] = []

    def type_all(self) -> None:
        """Type the target."""
        while self.at < len(self.target):
            word = re.match(r"[$\w]+", self.target[self.at :])
            begins = self.at == 0 or re.match(r"[\s{\[,$.]", self.target[self.at - 1])
            if not (word and begins and self._take(word[0])):
                self._put(self.target[self.at])
                self.keys += self._costs()

    def _costs(self) -> int:
        """The key just typed; blanks that begin a line come with it."""
        line = self.target[: self.at].rpartition("\n")[2]
        return 0 if line and not line.strip() and len(line) % 2 == 1 else 1

    def _put(self, text: str) -> None:
        done = self.target[: self.at]
        line, column = done.count("\n"), len(done.rpartition("\n")[2])
        self.client.insert(self.uri, line, column, text)
        self.at += len(text)

    def _take(self, word: str) -> bool:
        """Take what is offered for a word, if it is among it and saves keys."""
        done = self.target[: self.at]
        line, column = done.count("\n"), len(done.rpartition("\n")[2])
        offered = self.client.at("completion", self.uri, line, column)["items"]
        offered.sort(key=lambda each: each["sortText"])
        fitting = [each for each in offered if self._fits(each, word)]
        if not fitting:
            if offered:
                self.missed.append(word)
            return False
        chosen = max(fitting, key=lambda each: len(self._text(each)))
        letters = self._letters(offered, chosen)
        text = self._text(chosen)
        if letters + 1 >= len(text):
            return False
        self._put(text)
        self.keys += letters + 1
        self.taken += 1
        return True

    def _text(self, offer: dict[str, Any]) -> str:
        """What an offer writes, up to the first place to fill in, as far as that is wanted."""
        written = offer["textEdit"]["newText"]
        return re.split(r"(?<!\\)\$\{?\d", written)[0].replace("\\$", "$")

    def _fits(self, offer: dict[str, Any], word: str) -> bool:
        text = self._text(offer)
        rest = self.target[self.at :]
        return len(text) >= len(word) and rest.startswith(text)

    def _letters(self, offered: list[dict[str, Any]], chosen: dict[str, Any]) -> int:
        """How many letters of its label, or arrows, bring an offer to the top."""
        label = chosen["label"]
        for count in range(len(label)):
            begin = label[:count].lower()
            left = [each for each in offered if each["label"].lower().startswith(begin)]
            place = left.index(chosen)
            if place <= 2:
                return count + place
        return len(label)


def measure_typing(folder: Path) -> None:
    """Print the keys that a spec takes."""
    target = re.sub(r"(?<=\S) {2,}", " ", (SPECS / "qa.yaml").read_text())
    client = Client()
    typist = Typist(client, folder / "typed.yaml", target)
    typist.type_all()
    alone = len(re.sub(r"\n +", "\n", target))
    print(
        f"qa.yaml: {alone} keys without completion, {typist.keys} with, {typist.taken} offers taken"
    )
    print(f"words that were not among what was offered: {', '.join(typist.missed) or 'none'}")
    print(f"findings at its end: {len(client.findings(typist.uri))}; errors: {client.errors}")
    client.end()


def main() -> None:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--memory-edits", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_typing(Path(folder))
        measure_edits(Path(folder), given.edits)
        measure_memory(Path(folder), given.memory_edits)


if __name__ == "__main__":
    main()
