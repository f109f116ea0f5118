"""`specs/reviews.yaml` as a plain script."""

import csv

import torch
from fitting import accuracy, fit, parts, tell
from texts import padded, word_ids
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with open("data/reviews.csv", newline="") as file:
    rows = list(csv.reader(file))[1:]
texts = word_ids([text for text, _ in rows], train)
y = torch.tensor([[float(verdict == "positive")] for _, verdict in rows])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 32)
        self.read = nn.LSTM(32, 32, batch_first=True, bidirectional=True)
        self.verdict = nn.Linear(64, 1)

    def forward(self, words):
        _, (state, _) = self.read(self.embed(words))
        return self.verdict(torch.cat([state[0], state[1]], 1))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), 0.003)


def loss_of(batch):
    logits = model(padded(texts, batch))
    return functional.binary_cross_entropy_with_logits(logits, y[batch]), logits


def score_of(logits, batch):
    return accuracy(logits, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=20, batch_size=64)
tell(loss_of, score_of, test, 64)
