"""The twins of the layer declarations: how each layer type runs on torch.

A twin is found by name: that of `modelspec.layers.conv.Conv2D` is the class `Conv2D` in
`modelspec.torch.layers.conv`. A plugin's declaration names its twin itself (`twin`).

For a builder:

- `find(layer)` gives the `Twin`.
- `twin.module(layer, shapes, generator)` makes the `nn.Module` with its initial weights, or None.
- `twin.outputs(Call(layer, shapes, module, get_module), {"": (x, ...), "state": (...)})` computes
  the output ports. Called with `torch.fx.Proxy` operands, and with a `module` that records a
  `call_module`, it records the call; activations are nodes of their own, ports that nobody reads
  are dead code. `get_module` records a `get_attr` of the module.
- A recurrent module gives `(output, states)`, where `states` is a tuple of `[units]` tensors: the
  value of port `state`. It takes first states as further operands, tuples or single tensors.
- `TimeDistributed` folds the steps into the batch and calls the inner layer's module, which
  bears the wrapper's own name: `frames.weight`. For an inner block the builder makes the module.
- Masks come beside the operands: `Call(..., masks={"": (mask, None)})` has one, or None, for each
  operand, `call.mask` is the first operand's. `outputs` gets those only that the layer computes
  with; what a call without masks records is the same as ever. `twin.output_mask(call, x)`, asked
  where the output has a mask, gets all.
- A recurrent module takes `mask=`, `[batch, steps]`, too: a masked step leaves the state and
  repeats the output (`modelspec.torch.layers.masked`).
- `freeze(module)` is `trainable: false`, also for all that lies in the module.
- A module keeps each argument of its constructor under its name, plain values all: so
  `modelspec.torch.printing` writes the call that makes it, beside its source; that of the class
  named `plain`, where a class has another kernel than the one it inherits from.
- A function that takes tensors' values or sizes is recorded as one node (`one_node`).
- `mixes_samples(layer)` and `is_random(layer)` say what a pass must know before it merges calls.
"""

from modelspec.torch.layers.finding import find, is_random, mixes_samples
from modelspec.torch.layers.freezing import freeze
from modelspec.torch.layers.twin import Call, Twin

__all__ = [
    "Call",
    "Twin",
    "find",
    "freeze",
    "is_random",
    "mixes_samples",
]
