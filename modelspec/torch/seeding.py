"""Random numbers for initial weights that depend on a seed and a name, and on nothing else."""

from hashlib import blake2b

import torch


def fresh_seed() -> int:
    """A seed from torch's own generator, which `torch.manual_seed` rules."""
    return int(torch.randint(2**62, ()).item())


def generator_for(seed: int, name: str) -> torch.Generator:
    """The generator of one module's weights.

    A layer's weights stay the same when another one is added, removed or moved.

    Args:
        seed: The whole model's seed.
        name: The module's name in it, `stage_1.conv1`.
    """
    digest = blake2b(f"{seed}:{name}".encode(), digest_size=7).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))
