"""The ten models as torch modules that return logits; submodules are called like Keras's layers.

Images and sequences come channels last, as in Keras; convolutions of images keep that layout.
"""

import torch
from definitions import BCE, CCE, MSE, WORKLOADS
from torch import nn
from torch.nn import functional


class Conv1d(nn.Conv1d):
    """Conv1d on (N, L, C), which is what an embedding produces."""

    fast = False  # as a channels-last 2D convolution of height 1: no layout copies

    def forward(self, x):
        if not self.fast:
            return super().forward(x.transpose(1, 2)).transpose(1, 2)
        image = x.unsqueeze(1).permute(0, 3, 1, 2)
        out = functional.conv2d(image, self.weight.unsqueeze(2), self.bias)
        return out.permute(0, 2, 3, 1).squeeze(1)

    def lay_out_channels_last(self):
        weight = self.weight.data
        weight.set_(weight.permute(0, 2, 1).contiguous().permute(0, 2, 1))


class Dropout(nn.Dropout):
    fast = False  # one random byte per element instead of one bernoulli draw

    def forward(self, x):
        keep = (1 - self.p) * 256
        if not (self.fast and self.training and 0 < keep < 256 and keep == int(keep)):
            return super().forward(x)
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        mask = words.view(torch.uint8)[: x.numel()].view(x.shape) < int(keep)
        return x * mask.to(x.dtype).mul_(256 / keep)


class LSTM(nn.LSTM):
    """nn.LSTM with Keras's single bias: the second one stays zero, untrained."""

    def __init__(self, inputs, units):
        super().__init__(inputs, units, batch_first=True)
        self.bias_hh_l0.requires_grad_(False).zero_()


def max_pool(x, size):
    return functional.max_pool1d(x.transpose(1, 2), size).transpose(1, 2)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(64, 32)
        self.dense2 = nn.Linear(32, 32)
        self.out = nn.Linear(32, 10)

    def forward(self, x):
        return {"out": self.out(functional.relu(self.dense2(functional.relu(self.dense1(x)))))}


class QA(nn.Module):
    def __init__(self):
        super().__init__()
        self.text_embedding = nn.Embedding(10000, 64)
        self.text_lstm = LSTM(64, 32)
        self.question_embedding = nn.Embedding(10000, 32)
        self.question_lstm = LSTM(32, 16)
        self.answer = nn.Linear(48, 500)

    def forward(self, text, question):
        t, _ = self.text_lstm(self.text_embedding(text))
        q, _ = self.question_lstm(self.question_embedding(question))
        return {"answer": self.answer(torch.cat([t[:, -1], q[:, -1]], 1))}


class Social(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50000, 256)
        self.conv1 = Conv1d(256, 128, 5)
        self.conv2 = Conv1d(128, 256, 5)
        self.conv3 = Conv1d(256, 256, 5)
        self.conv4 = Conv1d(256, 256, 5)
        self.conv5 = Conv1d(256, 256, 5)
        self.dense = nn.Linear(256, 128)
        self.age = nn.Linear(128, 1)
        self.income = nn.Linear(128, 10)
        self.gender = nn.Linear(128, 1)

    def forward(self, posts):
        h = max_pool(functional.relu(self.conv1(self.embedding(posts))), 5)
        h = max_pool(functional.relu(self.conv3(functional.relu(self.conv2(h)))), 5)
        h = functional.relu(self.conv5(functional.relu(self.conv4(h)))).amax(1)
        h = functional.relu(self.dense(h))
        return {"age": self.age(h), "income": self.income(h), "gender": self.gender(h)}


class Siamese(nn.Module):
    fast = False  # both branches as one LSTM call of twice the batch

    def __init__(self):
        super().__init__()
        self.lstm = LSTM(128, 32)
        self.out = nn.Linear(64, 1)

    def forward(self, a, b):
        if self.fast:
            last = self.lstm(torch.cat([a, b]))[0][:, -1].chunk(2)
        else:
            last = [self.lstm(v)[0][:, -1] for v in (a, b)]
        return {"out": self.out(torch.cat(last, 1))}


class MnistCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.drop1 = Dropout(0.25)
        self.dense = nn.Linear(12 * 12 * 64, 128)
        self.drop2 = Dropout(0.5)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        h = functional.max_pool2d(functional.relu(self.conv2(functional.relu(self.conv1(x)))), 2)
        h = self.drop1(h.permute(0, 2, 3, 1).flatten(1))  # Keras flattens H, W, C
        return {"out": self.out(self.drop2(functional.relu(self.dense(h))))}


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 128, 1, stride=2)
        self.b1 = nn.Conv2d(64, 128, 1)
        self.b2 = nn.Conv2d(128, 128, 3, stride=2)
        self.c = nn.Conv2d(64, 128, 3, padding=1)
        self.d1 = nn.Conv2d(64, 128, 1)
        self.d2 = nn.Conv2d(128, 128, 3, padding=1)
        self.d3 = nn.Conv2d(128, 128, 3, stride=2)
        self.out = nn.Linear(512, 10)

    def forward(self, x):
        def pad(v):  # "same" at stride 2 on an even size pads right and bottom only
            return functional.pad(v, (0, 1, 0, 1))

        a = functional.relu(self.a(x))
        b = functional.relu(self.b2(pad(functional.relu(self.b1(x)))))
        c = functional.relu(self.c(functional.avg_pool2d(x, 3, 2, ceil_mode=True)))
        d = functional.relu(self.d3(pad(functional.relu(self.d2(functional.relu(self.d1(x)))))))
        return {"out": self.out(torch.cat([a, b, c, d], 1).mean((2, 3)))}


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        for i in range(3):
            for half in "ab":
                setattr(self, f"conv{i}{half}", nn.Conv2d(64, 64, 3, padding=1))
                setattr(self, f"bn{i}{half}", nn.BatchNorm2d(64, eps=1e-3, momentum=0.01))
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        h = functional.relu(self.stem(x))
        for i in range(3):
            conv_a, bn_a = getattr(self, f"conv{i}a"), getattr(self, f"bn{i}a")
            conv_b, bn_b = getattr(self, f"conv{i}b"), getattr(self, f"bn{i}b")
            h = functional.relu(h + bn_b(conv_b(functional.relu(bn_a(conv_a(h))))))
        return {"out": self.out(h.mean((2, 3)))}


class ImdbConv1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(2000, 128)
        self.conv1 = Conv1d(128, 32, 7)
        self.conv2 = Conv1d(32, 32, 7)
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        h = max_pool(functional.relu(self.conv1(self.embedding(x))), 5)
        return {"out": self.out(functional.relu(self.conv2(h)).amax(1))}


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder_lstm = LSTM(70, 256)
        self.decoder_lstm = LSTM(90, 256)
        self.out = nn.Linear(256, 90)

    def forward(self, encoder, decoder):
        _, state = self.encoder_lstm(encoder)
        return {"out": self.out(self.decoder_lstm(decoder, state)[0])}


class WideDeep(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Linear(30, 1)
        self.deep1 = nn.Linear(30, 64)
        self.deep2 = nn.Linear(64, 64)
        self.deep3 = nn.Linear(64, 1)

    def forward(self, x):
        deep = self.deep3(functional.relu(self.deep2(functional.relu(self.deep1(x)))))
        return {"out": self.wide(x) + deep}


MODULES = {
    "mlp": MLP,
    "qa": QA,
    "social": Social,
    "siamese": Siamese,
    "mnist_cnn": MnistCNN,
    "inception": Inception,
    "residual": Residual,
    "imdb_conv1d": ImdbConv1d,
    "seq2seq": Seq2Seq,
    "wide_deep": WideDeep,
}


@torch.no_grad()
def keras_init_(model):
    """Keras's default initialisers, in place."""
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.weight.uniform_(-0.05, 0.05)
        elif isinstance(module, nn.LSTM):
            units = module.hidden_size
            nn.init.xavier_uniform_(module.weight_ih_l0)
            nn.init.orthogonal_(module.weight_hh_l0)
            module.bias_ih_l0.zero_()[units : 2 * units] = 1.0  # forget gate
        elif isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d)):
            nn.init.xavier_uniform_(module.weight)
            module.bias.zero_()
    return model


def build(name, *, fast):
    """The module of a workload; `fast` sets what `torch_loops.Best` wants."""
    workload = WORKLOADS[name]
    model = keras_init_(MODULES[name]())
    if workload.images:
        model = model.to(memory_format=torch.channels_last)
    for module in model.modules() if fast else ():
        if hasattr(module, "fast"):
            module.fast = True
        if isinstance(module, Conv1d):
            module.lay_out_channels_last()
    return model


def tensors(workload):
    """Inputs and targets; one-hot targets as indices."""
    inputs, targets = workload.data()
    return (
        {name: torch.from_numpy(each) for name, each in inputs.items()},
        {
            name: torch.from_numpy(each.argmax(-1) if workload.outputs[name].loss == CCE else each)
            for name, each in targets.items()
        },
    )


def total_loss(workload, logits, targets):
    total = 0.0
    for name, output in workload.outputs.items():
        got, want = logits[name], targets[name]
        if output.loss == CCE:
            loss = functional.cross_entropy(got.flatten(0, -2), want.flatten())
        elif output.loss == BCE:
            loss = functional.binary_cross_entropy_with_logits(got, want)
        else:
            loss = functional.mse_loss(got, want)
        total = total + (loss if output.weight == 1.0 else output.weight * loss)
    return total


def answers(workload, logits):
    """Logits to what Keras's predict returns."""
    activations = {CCE: lambda each: each.softmax(-1), BCE: torch.sigmoid, MSE: lambda each: each}
    return {name: activations[out.loss](logits[name]) for name, out in workload.outputs.items()}
