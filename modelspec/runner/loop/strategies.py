"""How the processes that train one model together keep it one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.diagnostics import SpecError
from modelspec.torch import SpecModule

if TYPE_CHECKING:
    from modelspec.language.train import TrainSettings
    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.input.batches import Rows
    from modelspec.runner.loop.objective import Objective
    from modelspec.torch.optimizers import Optimizer

LARGE = 1_000_000
"""A layer of so many parameters is gathered by itself where weights are shared out."""


def spread(
    module: SpecModule, objective: Objective, rows: Rows, team: Team, device: torch.device
) -> torch.nn.Module:
    """What computes a module's outputs while training, each process having the whole model.

    All take the mean of their gradients (DDP).

    Args:
        module: What is trained.
        objective: What it is trained for.
        rows: What it is trained on.
        team: The processes; one alone needs nothing more than the module.
        device: Where the module is.

    Source: https://docs.pytorch.org/docs/stable/notes/ddp.html
    """
    if team.size == 1:
        return module
    from torch.nn.parallel import DistributedDataParallel

    learning, idle = _by_gradient(module, objective, rows)
    if not learning:
        return module
    parallel: Any = DistributedDataParallel
    parallel._set_params_and_buffers_to_ignore_for_model(module, idle)
    devices = [device] if device.type == "cuda" else None
    wrapped: torch.nn.Module = parallel(
        module, device_ids=devices, static_graph=True, gradient_as_bucket_view=True
    )
    return wrapped


def share_out(module: SpecModule, team: Team, device: torch.device) -> None:
    """Let each process hold a part of every weight, and gather those of a layer when it runs.

    Blocks and large layers are gathered one at a time (FSDP2).

    Args:
        module: Is changed.
        team: The processes.
        device: Where the module is.

    Source: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (team.size,))
    for part in reversed(list(module.modules())):
        size = sum(each.numel() for each in part.parameters(recurse=False))
        if part is not module and (isinstance(part, SpecModule) or size >= LARGE):
            fully_shard(part, mesh=mesh)
    fully_shard(module, mesh=mesh)


def check_sharing(settings: TrainSettings, optimizer: type[Optimizer], *, held: bool) -> None:
    """Refuse what needs whole weights in each process.

    Args:
        settings: How to train.
        optimizer: The twin of its optimizer.
        held: Whether weights have regularizers or constraints.

    Raises:
        SpecError: With `strategy: fsdp` (MS206).
    """
    given = settings.optimizer
    problem = None
    if not optimizer.elementwise:
        problem = f"`{type(given).__name__}` looks at whole weights"
    elif given.clipnorm is not None:
        problem = "`clipnorm` is the norm of whole weights"
    elif settings.precision == "float16":
        problem = "`float16` needs the gradients of whole weights"
    elif held:
        problem = "regularizers and constraints hold whole weights"
    elif any(setting.callback.looks_inside for setting in settings.callbacks):
        problem = "a callback looks at whole weights"
    if problem:
        message = f"{problem}, which `fsdp` shares out among processes"
        help = "use `strategy: ddp`, or another setting"
        raise SpecError([settings.place.at("strategy").finding("MS206", message, help=help)])


def _by_gradient(
    module: SpecModule, objective: Objective, rows: Rows
) -> tuple[list[str], list[str]]:
    """The names of the parameters that the loss reaches, and of the others.

    DDP waits for the gradient of each parameter that it is told of.
    """
    (batch,) = rows.batches(1, np.arange(1))
    training = module.training
    module.eval()
    outputs = objective.run(module, batch.inputs)
    torch.autograd.backward(objective.add(outputs, batch.targets, batch.rows))
    module.train(training)
    objective.reset()
    found: tuple[list[str], list[str]] = ([], [])
    for name, parameter in module.named_parameters():
        found[parameter.grad is None].append(name)
        parameter.grad = None
    return found
