"""A folder of pictures: epochs of modelspec, beside a DataLoader written by hand.

    python benchmarks/pictures.py [--pictures 4000]

JPEGs of 160 x 160, resized to 96 x 96, to a small convolutional network: too many to be kept
decoded (442 MB), so that each epoch decodes them all, in other processes, ahead of their use.
Printed are seconds of the second and third epoch together, and of the whole process.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

SPEC = """\
name: pictures
inputs: {image: [96, 96, 3]}
layers:
  conv1: {type: Conv2D, filters: 8, kernel_size: 5, strides: 2, activation: relu}
  conv2: {type: Conv2D, filters: 16, kernel_size: 3, strides: 2, activation: relu}
  pool: GlobalAveragePooling2D
  label: {type: Dense, units: 4, activation: softmax}
outputs: {label: {loss: categorical_crossentropy, metrics: [accuracy]}}
data: {file: pictures/, features: {image: {type: image, column: path}, label: {type: category}}}
train: {epochs: 3, batch_size: 32}
"""

BY_HAND = """\
import os, sys, time
import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

class Pictures(Dataset):
    def __init__(self, folder):
        self.classes = sorted(os.listdir(folder))
        self.files = [(os.path.join(folder, name, file), label)
                      for label, name in enumerate(self.classes)
                      for file in sorted(os.listdir(os.path.join(folder, name)))]
    def __len__(self):
        return len(self.files)
    def __getitem__(self, index):
        path, label = self.files[index]
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB").resize((96, 96)), np.float32) / 255
        return torch.from_numpy(pixels).permute(2, 0, 1), label

torch.set_num_threads(1)
loader = DataLoader(Pictures("pictures"), 32, shuffle=True, num_workers=2)
model = nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(),
                      nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters())
for epoch in range(3):
    if epoch == 1:
        began = time.perf_counter()
    right = 0
    for image, label in loader:
        logits = model(image)
        loss = nn.functional.cross_entropy(logits, label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        right += (logits.argmax(1) == label).sum().item()
print("epochs", time.perf_counter() - began)
"""


def main() -> None:
    """Write the pictures, and run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4000)
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _draw(folder / "pictures", count)
        (folder / "spec.yaml").write_text(SPEC)
        (folder / "by_hand.py").write_text(BY_HAND)
        train = ["-m", "modelspec", "train", "spec.yaml", "--threads", "1"]
        print(f"{count} JPEGs\n{'':20} {'2 epochs, s':>12} {'whole, s':>10}")
        for label, arguments in (("modelspec", train), ("DataLoader by hand", ["by_hand.py"])):
            epochs, whole = _run([sys.executable, *arguments], folder, count)
            print(f"{label:20} {epochs:12.1f} {whole:10.1f}", flush=True)


def _draw(folder: Path, count: int) -> None:
    generator = np.random.default_rng(0)
    for number in range(count):
        label = number % 4
        path = folder / f"class_{label}" / f"{number:05d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = generator.integers(0, 255, (20, 20, 3), dtype=np.uint8)
        coarse[..., label % 3] //= 2
        Image.fromarray(coarse).resize((160, 160)).save(path, quality=90)


def _run(command: list[str], folder: Path, count: int) -> tuple[float, float]:
    """Seconds of the second and third epoch, and of the whole process."""
    began = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    whole = time.perf_counter() - began
    if found := re.search(r"^epochs ([\d.]+)", done.stdout, re.MULTILINE):
        return float(found[1]), whole
    rates = [
        float(each.replace(",", "")) for each in re.findall(r"([\d,]+) samples/s", done.stdout)
    ]
    return sum(count / rate for rate in rates[1:]), whole


if __name__ == "__main__":
    main()
