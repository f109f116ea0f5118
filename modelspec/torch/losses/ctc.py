"""How improbable a sequence of labels is, over all its alignments with steps."""

import torch
from torch import Tensor
from torch.nn import functional

_IMPOSSIBLE = -1e5
"""What Keras takes for the logarithm of 0: no alignment costs more than a few times this."""
_SURE = 5e4
"""Below this, what Keras takes for impossible adds nothing: torch's kernel has its numbers."""


def alignments(logarithms: Tensor, target: Tensor) -> Tensor:
    """Minus the log probability of each sequence.

    Args:
        logarithms: Log probabilities, `(N, steps, classes)`; class 0 is the blank.
        target: Class indices from 1 up, filled up with 0, `(N, most labels)`.

    Returns:
        One a sequence, `(N,)`; large, but finite, for one that has no alignment.
    """
    rows, steps, _ = logarithms.shape
    lengths = (target != 0).sum(-1)
    values = functional.ctc_loss(
        logarithms.transpose(0, 1),
        target,
        torch.full((rows,), steps, dtype=torch.int64, device=target.device),
        lengths,
        reduction="none",
    )
    if bool((values.detach() < _SURE).all()):
        return values
    return _forward(logarithms, target, lengths)


def _forward(logarithms: Tensor, target: Tensor, lengths: Tensor) -> Tensor:
    """The forward algorithm as Keras has it: impossible steps cost `_IMPOSSIBLE`, not infinity.

    `blank[:, n]` are alignments of the first n labels that end in a blank, `label[:, n]` such of
    the first n + 1 that end in a label.
    """
    rows, most = target.shape
    repeated = functional.pad((target[:, :-1] == target[:, 1:]).to(logarithms.dtype), (0, 1))
    blanks = logarithms[:, :, :1]
    emitted = logarithms.gather(2, target[:, None].expand(-1, logarithms.shape[1], -1))
    blank = logarithms.new_full((rows, most + 1), _IMPOSSIBLE)
    blank[:, 0] = 0.0
    label = logarithms.new_full((rows, most), _IMPOSSIBLE)
    for step in range(logarithms.shape[1]):
        ready = _joined(blank, label + _IMPOSSIBLE * repeated)
        following = torch.logaddexp(ready[:, :-1], label) + emitted[:, step]
        stayed = label + blanks[:, step] + _IMPOSSIBLE * (1 - repeated)
        blank = _joined(ready + blanks[:, step], stayed)
        label = following
    last = _joined(blank, label)
    return -last.gather(1, lengths[:, None])[:, 0]


def _joined(blank: Tensor, added: Tensor) -> Tensor:
    return torch.cat([blank[:, :1], torch.logaddexp(blank[:, 1:], added)], -1)
