"""Data parallelism: DDP and FSDP2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.diagnostics import SpecError
from modelspec.torch import SpecModule

if TYPE_CHECKING:
    from modelspec.language.train import TrainSettings
    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.input.batches import BatchSource
    from modelspec.runner.loop.objective import Objective
    from modelspec.torch.optimizers import Optimizer

LARGE = 1_000_000
"""With FSDP2, a layer of at least so many parameters is sharded as a unit of its own."""


def wrap_ddp(
    module: SpecModule,
    objective: Objective,
    rows: BatchSource,
    group: ProcessGroup,
    device: torch.device,
) -> torch.nn.Module:
    """The module wrapped in DDP: every process has the whole model, and gradients are averaged.

    Args:
        module: What is trained.
        objective: The loss, which decides which parameters get gradients.
        rows: The training rows.
        group: The processes; for a single one the module is returned as it is.
        device: Where the module is.

    Source: https://docs.pytorch.org/docs/stable/notes/ddp.html
    """
    if group.size == 1:
        return module
    from torch.nn.parallel import DistributedDataParallel

    learning, idle = _split_by_gradient(module, objective, rows)
    if not learning:
        return module
    parallel: Any = DistributedDataParallel
    parallel._set_params_and_buffers_to_ignore_for_model(module, idle)
    devices = [device] if device.type == "cuda" else None
    wrapped: torch.nn.Module = parallel(
        module, device_ids=devices, static_graph=True, gradient_as_bucket_view=True
    )
    return wrapped


def apply_fsdp(module: SpecModule, group: ProcessGroup, device: torch.device) -> None:
    """Shard every weight over the processes (FSDP2).

    Blocks and large layers are units of their own, gathered when they run.

    Args:
        module: Is changed.
        group: The processes.
        device: Where the module is.

    Source: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (group.size,))
    for part in reversed(list(module.modules())):
        size = sum(each.numel() for each in part.parameters(recurse=False))
        if part is not module and (isinstance(part, SpecModule) or size >= LARGE):
            fully_shard(part, mesh=mesh)
    fully_shard(module, mesh=mesh)


def check_fsdp(settings: TrainSettings, optimizer: type[Optimizer], *, held: bool) -> None:
    """Refuse settings that need whole weights in each process.

    Args:
        settings: How to train.
        optimizer: The class that implements its optimizer.
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


def _split_by_gradient(
    module: SpecModule, objective: Objective, rows: BatchSource
) -> tuple[list[str], list[str]]:
    """The names of the parameters that get a gradient from the loss, and of the others.

    DDP waits for the gradient of every parameter that it knows.
    """
    (batch,) = rows.batches(1, np.arange(1))
    training = module.training
    module.eval()
    outputs = objective.run(module, batch.inputs)
    torch.autograd.backward(objective.add(outputs, batch.targets, batch.rows))
    module.train(training)
    objective.reset()
    names: tuple[list[str], list[str]] = ([], [])
    for name, parameter in module.named_parameters():
        names[parameter.grad is None].append(name)
        parameter.grad = None
    return names
