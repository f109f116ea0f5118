"""Functions of `torch.nn.functional` that a CPU computes faster otherwise, by their names there.

Each decides by shapes, types and processor alone, so that a run can be repeated to the bit, and
leaves to torch what it does not do better: other devices, compiling, exporting, autocast.
"""

from modelspec.torch.kernels.convolution import conv2d
from modelspec.torch.kernels.dropout import dropout
from modelspec.torch.kernels.embedding import embedding
from modelspec.torch.kernels.few_classes import cross_entropy, log_softmax, softmax

__all__ = ["conv2d", "cross_entropy", "dropout", "embedding", "log_softmax", "softmax"]
