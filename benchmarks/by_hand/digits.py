"""`specs/digits.yaml` as a plain script."""

import numpy as np
import torch
from fitting import accuracy, fit, parts, tell
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with np.load("data/digits.npz") as file:
    x = torch.from_numpy(file["image"]).permute(0, 3, 1, 2).contiguous()
    y = torch.from_numpy(file["digit"])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 32, 3, padding=1)
        self.conv = nn.Conv2d(32, 32, 3, padding=1)
        self.deeper = nn.Conv2d(32, 64, 3, padding=1)
        self.drop = nn.Dropout(0.4)
        self.digit = nn.Linear(1024, 10)

    def forward(self, image):
        stem = functional.relu(self.stem(image))
        pooled = functional.max_pool2d(stem + functional.relu(self.conv(stem)), 2)
        return self.digit(self.drop(functional.relu(self.deeper(pooled)).flatten(1)))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), 0.002)


def loss_of(batch):
    logits = model(x[batch])
    return functional.cross_entropy(logits, y[batch]), logits


def score_of(logits, batch):
    return accuracy(logits, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=40, batch_size=32)
tell(loss_of, score_of, test, 32)
