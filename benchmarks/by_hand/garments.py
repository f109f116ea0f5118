"""`specs/garments.yaml` as a plain script."""

import csv

import numpy as np
import torch
from fitting import fit, parts, r2, tell
from PIL import Image
from texts import padded, word_ids
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with open("data/garments.csv", newline="") as file:
    rows = list(csv.DictReader(file))


def standard(values):
    return (values - values[train].mean(0)) / values[train].std(0, correction=0)


brands = sorted({row["brand"] for row in rows})
brand = torch.tensor([brands.index(row["brand"]) for row in rows])
numbers = standard(torch.tensor([[float(row["age"]), float(row["worn"])] for row in rows]))
texts = word_ids([row["description"] for row in rows], train)
pictures = np.stack([np.asarray(Image.open(f"data/{row['picture']}")) for row in rows])
pictures = torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous().float() / 255
y = standard(torch.tensor([[float(row["price"])] for row in rows]))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.brand = nn.Embedding(4, 4)
        self.words = nn.Embedding(80, 16)
        self.read = nn.GRU(16, 32, batch_first=True)
        self.look = nn.Sequential(
            nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(),
        )  # fmt: skip
        self.price = nn.Sequential(
            nn.Linear(102, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)
        )

    def forward(self, numbers, brand, words, picture):
        read = self.read(self.words(words))[1][0]
        seen = self.look(picture).amax((2, 3))
        return self.price(torch.cat([numbers, self.brand(brand), read, seen], 1))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), 0.002)


def loss_of(batch):
    known = numbers[batch], brand[batch], padded(texts, batch), pictures[batch]
    prediction = model(*known)
    return functional.mse_loss(prediction, y[batch]), prediction


def score_of(prediction, batch):
    return r2(prediction, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=30, batch_size=64)
tell(loss_of, score_of, test, 64)
