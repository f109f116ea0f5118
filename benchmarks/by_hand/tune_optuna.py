"""A search with Optuna and torch, as one writes it by hand: `tune_optuna.py TRIALS SEED EPOCHS`.

Reads `train.npz` and `validation.npz`, prints the best accuracy of each trial.
"""

import json
import sys

import numpy as np
import optuna
import torch
from torch import nn

trials, seed, epochs = map(int, sys.argv[1:])
torch.set_num_threads(1)


def read(file):
    with np.load(file) as arrays:
        return torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["y"])


x, y = read("train.npz")
x_val, y_val = read("validation.npz")
classes = int(y.max()) + 1


def objective(trial):
    torch.manual_seed(seed * 1000 + trial.number)
    units = trial.suggest_int("units", 16, 128, log=True)
    width = trial.suggest_int("width", 16, 128, log=True)
    rate = trial.suggest_float("rate", 0.0, 0.5)
    learning_rate = trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
    model = nn.Sequential(
        nn.Linear(x.shape[1], units),
        nn.ReLU(),
        nn.Dropout(rate),
        nn.Linear(units, width),
        nn.ReLU(),
        nn.Linear(width, classes),
    )
    if trial.suggest_categorical("optimizer", ["adam", "sgd"]) == "adam":
        optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    else:
        optimizer = torch.optim.SGD(model.parameters(), learning_rate, momentum=0.9)
    loss_of, best = nn.CrossEntropyLoss(), 0.0
    for _ in range(epochs):
        model.train()
        for batch in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss_of(model(x[batch]), y[batch]).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            best = max(best, (model(x_val).argmax(1) == y_val).float().mean().item())
    return best


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
study.optimize(objective, n_trials=trials)
print(json.dumps([trial.value for trial in study.trials]))
