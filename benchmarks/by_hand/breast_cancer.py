"""`specs/breast_cancer.yaml` as a plain script."""

import csv

import torch
from fitting import accuracy, fit, parts, tell
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with open("data/breast_cancer.csv", newline="") as file:
    rows = list(csv.reader(file))[1:]
x = torch.tensor([[float(value) for value in row[:30]] for row in rows])
y = torch.tensor([[float(row[30] == "malignant")] for row in rows])
x = (x - x[train].mean(0)) / x[train].std(0, correction=0)

hidden = nn.Linear(30, 16)
model = nn.Sequential(hidden, nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), 0.003)


def loss_of(batch):
    logits = model(x[batch])
    penalty = 0.01 * hidden.weight.square().sum() if model.training else 0.0
    return functional.binary_cross_entropy_with_logits(logits, y[batch]) + penalty, logits


def score_of(logits, batch):
    return accuracy(logits, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=100, batch_size=32)
tell(loss_of, score_of, test, 32)
