"""`specs/diabetes.yaml` as a plain script."""

import csv

import torch
from fitting import fit, parts, r2, tell
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with open("data/diabetes.csv", newline="") as file:
    table = torch.tensor([[float(v) for v in row] for row in list(csv.reader(file))[1:]])


def standard(values):
    return (values - values[train].mean(0)) / values[train].std(0, correction=0)


measures = standard(table[:, [0, *range(2, 10)]])
sex = functional.one_hot(table[:, 1].long() - 1, 2).float()
x, y = torch.cat([measures, sex], 1), standard(table[:, 10:])

model = nn.Sequential(nn.Linear(11, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))
optimizer = torch.optim.AdamW(model.parameters(), 0.003, weight_decay=0.5)


def loss_of(batch):
    prediction = model(x[batch])
    return functional.mse_loss(prediction, y[batch]), prediction


def score_of(prediction, batch):
    return r2(prediction, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=150, batch_size=32)
tell(loss_of, score_of, test, 32)
