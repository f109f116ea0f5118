"""The loop that the scripts of this folder share, as one would write it.

Batches by index, the validation rows measured after every epoch, the best weights kept in a file.
"""

import argparse
import copy
import json

import torch

parser = argparse.ArgumentParser()
parser.add_argument("rows", help="JSON: which rows are for what")
parser.add_argument("--weights", default="best.pt")
parser.add_argument("--threads", type=int)
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()
if options.threads:
    torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)


def parts():
    """The row numbers for training, validation and testing."""
    with open(options.rows) as file:
        rows = json.load(file)
    return [torch.tensor(rows[part]) for part in ("train", "validation", "test")]


def fit(model, optimizer, loss_of, score_of, train, validation, epochs, batch_size):
    """Train, and leave the model with its best weights.

    loss_of(rows) -> (loss, outputs) of these rows; score_of(outputs, rows) -> what is printed.
    There is no early stopping, so that a comparison times the same work.
    """
    best, kept = float("inf"), None
    for epoch in range(1, epochs + 1):
        model.train()
        total = torch.zeros(())
        for rows in train[torch.randperm(len(train))].split(batch_size):
            loss, _ = loss_of(rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
        model.eval()
        val_loss, score = measure(loss_of, score_of, validation, 2 * batch_size)
        print(
            f"epoch {epoch} loss {total.item() / len(train):.4f}"
            f" val_loss {val_loss:.4f} val_score {score:.4f}",
            flush=True,
        )
        if val_loss < best:
            best, kept = val_loss, copy.deepcopy(model.state_dict())
            torch.save(kept, options.weights)
    model.load_state_dict(kept)


@torch.no_grad()
def measure(loss_of, score_of, rows, batch_size):
    """The mean loss of some rows, and the score of all their outputs."""
    total, outputs = 0.0, []
    for batch in rows.split(batch_size):
        loss, output = loss_of(batch)
        total += loss.item() * len(batch)
        outputs.append(output)
    return total / len(rows), score_of(torch.cat(outputs), rows)


def accuracy(logits, truth):
    """The share of right answers, of one logit or several a row."""
    said = logits.squeeze(1) > 0 if logits.shape[1] == 1 else logits.argmax(1)
    return (said == truth.reshape(-1)).float().mean().item()


def r2(prediction, truth):
    """The share of the variance that is explained."""
    return (1 - (prediction - truth).square().sum() / (truth - truth.mean()).square().sum()).item()


def tell(loss_of, score_of, test, batch_size):
    """Print the test score, for whoever called the script."""
    _, score = measure(loss_of, score_of, test, 2 * batch_size)
    print(json.dumps({"score": score}))
