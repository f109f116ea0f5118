"""Sequence to sequence on dates: how long it takes to be right, and what a plain script does.

    python benchmarks/dates.py

Trains `specs/dates.yaml` and decodes its test rows; then the same model written by hand in torch,
on the same rows, for as many epochs, decoded by a loop that runs the decoder on one letter after
the other. Prints exact matches, seconds and peak memory of both, each in a process of its own.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EPOCHS = 8


def main() -> None:
    """Run both, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        make_data = [sys.executable, ROOT / "specs" / "make_data.py", ROOT / "data", "dates"]
        subprocess.run(make_data, check=True)
        print(f"{'':12} {'exact':>8} {'train s':>8} {'decode s':>9} {'peak MB':>8}")
        for name in ("modelspec", "by hand"):
            done = subprocess.run(
                [sys.executable, __file__, name, folder],
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
            found = json.loads(done.stdout.splitlines()[-1])
            print(
                f"{name:12} {found['exact']:8.2%} {found['train']:8.1f} {found['decode']:9.2f}"
                f" {found['peak']:8.0f}"
            )


def rows(folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The training and the test rows, dealt out as the spec says."""
    import numpy as np

    from modelspec import lint
    from modelspec.data.splitting.split import split_rows
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Table
    from modelspec.diagnostics import Report

    with open(ROOT / "data" / "dates.csv", newline="") as file:
        table = [(row["written"], row["iso"]) for row in csv.DictReader(file)]
    settings = lint.examine(str(ROOT / "specs" / "dates.yaml")).spec.data
    written = np.array([text for text, _ in table])
    parts = split_rows(
        Table("dates.csv", len(table), {"written": written}),
        settings.split,
        Findings(Report(), "dates.csv"),
    )
    with open(folder / "test.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["written"])
        writer.writerows([table[row][0]] for row in parts.test)
    return [table[row] for row in parts.train], [table[row] for row in parts.test]


def with_modelspec(folder: Path) -> tuple[float, float, float]:
    """The commands that a user would give."""
    _, test = rows(folder)
    command = [sys.executable, "-m", "modelspec"]
    runs = ["--runs-dir", folder / "runs"]
    spec = ROOT / "specs" / "dates.yaml"
    began = time.perf_counter()
    subprocess.run(
        [*command, "train", spec, *runs, "--set", f"train.epochs={EPOCHS}", "-q"],
        check=True,
        stdout=sys.stderr,
    )
    trained = time.perf_counter()
    run = folder / "runs" / "dates" / "latest"
    out = folder / "out.csv"
    subprocess.run(
        [*command, "predict", run, "--data", folder / "test.csv", "-o", out],
        check=True,
        stdout=sys.stderr,
    )
    ended = time.perf_counter()
    with open(out, newline="") as file:
        said = [row["letter"] for row in csv.DictReader(file)]
    right = sum(iso == text for (_, iso), text in zip(test, said, strict=True))
    return right / len(test), trained - began, ended - trained


def by_hand(folder: Path) -> tuple[float, float, float]:
    """The same model as a plain script."""
    began = time.perf_counter()
    import torch
    from torch import nn
    from torch.nn import functional

    train, test = rows(folder)
    letters = {c: i + 1 for i, c in enumerate(sorted({c for text, _ in train for c in text}))}
    signs = {c: i for i, c in enumerate("_<>-0123456789")}

    def encode(texts: list[str]) -> torch.Tensor:
        longest = max(map(len, texts))
        return torch.tensor(
            [[letters.get(c, 0) for c in text] + [0] * (longest - len(text)) for text in texts]
        )

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = nn.Embedding(64, 32)
            self.encoder = nn.GRU(32, 64, batch_first=True, bidirectional=True)
            self.hear = nn.Embedding(16, 32)
            self.decoder = nn.GRU(32, 128, batch_first=True)
            self.letter = nn.Linear(256, 16)

        def forward(self, seen, valid, said, state=None):
            heard, state = self.decoder(self.hear(said), state)
            scores = heard @ seen.transpose(1, 2)
            scores = scores.masked_fill(~valid.unsqueeze(1), -1e9)
            return self.letter(torch.cat([heard, scores.softmax(-1) @ seen], -1)), state

    torch.manual_seed(0)
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), 0.003)
    written = encode([text for text, _ in train])
    iso = torch.tensor([[signs[c] for c in f"<{text}>"] for _, text in train])
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(train)).split(64):
            read = written[batch]
            read = read[:, : int((read > 0).sum(1).max())]
            logits, _ = net(net.encoder(net.read(read))[0], read > 0, iso[batch, :-1])
            loss = functional.cross_entropy(logits.flatten(0, 1), iso[batch, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    trained = time.perf_counter()
    with torch.inference_mode():
        read = encode([text for text, _ in test])
        seen, valid = net.encoder(net.read(read))[0], read > 0
        said, state, told = torch.ones(len(test), 1, dtype=torch.int64), None, []
        for _ in range(11):
            logits, state = net(seen, valid, said, state)
            said = logits.argmax(-1)
            told.append(said)
    names = "_<>-0123456789??"
    texts = ["".join(names[i] for i in row).split(">")[0] for row in torch.cat(told, 1).tolist()]
    ended = time.perf_counter()
    right = sum(iso == text for (_, iso), text in zip(test, texts, strict=True))
    return right / len(test), trained - began, ended - trained


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        way = with_modelspec if sys.argv[1] == "modelspec" else by_hand
        exact, train, decode = way(Path(sys.argv[2]))
        who = resource.RUSAGE_CHILDREN if way is with_modelspec else resource.RUSAGE_SELF
        peak = resource.getrusage(who).ru_maxrss / 1024
        print(json.dumps({"exact": exact, "train": train, "decode": decode, "peak": peak}))
