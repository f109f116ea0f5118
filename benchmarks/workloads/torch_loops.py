"""Training loops as one writes them in torch, with all rows as tensors.

`tight`: batches by index, fused or foreach optimizers, images channels last, the loss left on the
device. `best`: every trick besides that keeps float32 results: freed memory stays in the process,
convolutions of sequences channels last, dropout by random bytes, shared branches as one call, and
of models of dense layers alone many whole steps in one compiled call.
"""

import ctypes

import torch
import torch_modules
from definitions import PREDICT_BATCH, WORKLOADS
from torch_optimizers import OPTIMIZERS

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, LARGEST = -1, -3, 2**31 - 1


class Tight:
    """Everything is there as tensors; a batch is an index_select of each."""

    def __init__(self, name: str, *, fast: bool = False) -> None:
        self.workload = WORKLOADS[name]
        self.model = torch_modules.build(name, fast=fast).train()
        params = [each for each in self.model.parameters() if each.requires_grad]
        make = OPTIMIZERS[self.workload.optimizer]
        self.optimizer = make(params, self.workload.learning_rate)
        self.inputs, self.targets = torch_modules.tensors(self.workload)
        self.loss = 0.0

    def forward(self, inputs):
        """Logits by output. Images lie channels last in memory; torch sees a view."""
        if self.workload.images:
            inputs = {name: each.permute(0, 3, 1, 2) for name, each in inputs.items()}
        return self.model(**inputs)

    def step(self, index):
        """An update by the rows of an index; their mean loss."""
        inputs = {name: each.index_select(0, index) for name, each in self.inputs.items()}
        targets = {name: each.index_select(0, index) for name, each in self.targets.items()}
        for each in self.optimizer.params:
            each.grad = None
        loss = torch_modules.total_loss(self.workload, self.forward(inputs), targets)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def epoch(self) -> None:
        """All rows once, shuffled."""
        total = torch.zeros(())
        for index in torch.randperm(self.workload.samples).split(self.workload.batch):
            total += self.step(index) * len(index)
        self.loss = total.item() / self.workload.samples

    @torch.inference_mode()
    def predict(self):
        """The outputs of all rows, as arrays."""
        self.model.eval()
        parts = []
        for at in range(0, self.workload.samples, PREDICT_BATCH):
            rows = {name: each[at : at + PREDICT_BATCH] for name, each in self.inputs.items()}
            parts.append(torch_modules.answers(self.workload, self.forward(rows)))
        return {name: torch.cat([part[name] for part in parts]).numpy() for name in parts[0]}


class Best(Tight):
    """As `Tight`, with all that makes it faster in float32."""

    MOST_STEPS = 6

    def __init__(self, name: str) -> None:
        library = ctypes.CDLL(None)
        library.mallopt(M_MMAP_THRESHOLD, LARGEST)
        library.mallopt(M_TRIM_THRESHOLD, LARGEST)
        super().__init__(name, fast=True)
        leaves = [each for each in self.model.modules() if not list(each.children())]
        self.unrolled = 0
        if all(isinstance(each, torch.nn.Linear) for each in leaves):
            whole = self.workload.samples // self.workload.batch
            self.unrolled = max(k for k in range(1, self.MOST_STEPS + 1) if whole % k == 0)
            options = {"cpp_wrapper": True}
            many = torch.no_grad()(self._many_steps)
            self.many_steps = torch.compile(many, fullgraph=True, options=options)

    def _many_steps(self, params, inputs, targets, indices):
        def loss(params, inputs, targets):
            logits = torch.func.functional_call(self.model, params, kwargs=inputs)
            return torch_modules.total_loss(self.workload, logits, targets)

        total = 0.0
        for index in indices.unbind():
            batch = ({name: each[index] for name, each in a.items()} for a in (inputs, targets))
            grads, value = torch.func.grad_and_value(loss)(params, *batch)
            self.optimizer.update([grads[name] for name in params])
            total = total + value
        return total

    def epoch(self) -> None:
        """All rows once, shuffled; a last batch that is short by itself."""
        if not self.unrolled:
            super().epoch()
            return
        samples, batch = self.workload.samples, self.workload.batch
        params = {name: each.detach() for name, each in self.model.named_parameters()}
        order, whole = torch.randperm(samples), samples // batch * batch
        total = torch.zeros(())
        for indices in order[:whole].view(-1, self.unrolled, batch):
            total += self.many_steps(params, self.inputs, self.targets, indices) * batch
        if whole < samples:
            total += self.step(order[whole:]) * (samples - whole)
        self.loss = total.item() / samples


LOOPS = {"tight": Tight, "best": Best}
