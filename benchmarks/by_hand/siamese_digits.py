"""`specs/siamese_digits.yaml` as a plain script."""

import numpy as np
import torch
from fitting import accuracy, fit, parts, tell
from torch import nn
from torch.nn import functional

train, validation, test = parts()
with np.load("data/siamese_digits.npz") as file:
    left, right = (
        torch.from_numpy(file[side]).permute(0, 3, 1, 2).contiguous() for side in ("left", "right")
    )
    y = torch.from_numpy(file["same"]).float().unsqueeze(1)


def shifted(image):
    """Each image moved by up to a tenth of its size, up or down and sideways."""
    moves = torch.eye(2, 3).repeat(len(image), 1, 1)
    moves[:, :, 2] = torch.empty(len(image), 2).uniform_(-0.2, 0.2)
    grid = functional.affine_grid(moves, image.shape, align_corners=False)
    return functional.grid_sample(image, grid, align_corners=False)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.code = nn.Linear(1024, 32)
        self.same = nn.Linear(32, 1)

    def encode(self, image):
        x = shifted(image) if self.training else image
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        return functional.normalize(self.code(functional.relu(self.conv2(x)).flatten(1)))

    def forward(self, left, right):
        return self.same((self.encode(left) - self.encode(right)).abs())


model = Net()
optimizer = torch.optim.Adam(model.parameters(), 0.002)


def loss_of(batch):
    logits = model(left[batch], right[batch])
    return functional.binary_cross_entropy_with_logits(logits, y[batch]), logits


def score_of(logits, batch):
    return accuracy(logits, y[batch])


fit(model, optimizer, loss_of, score_of, train, validation, epochs=15, batch_size=64)
tell(loss_of, score_of, test, 64)
