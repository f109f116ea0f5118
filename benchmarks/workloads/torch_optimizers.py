"""RMSprop, Adam and Adadelta by Keras's formulas, on torch's foreach and fused kernels.

torch.optim has epsilon elsewhere: RMSprop adds it outside the root, and Adam outside the correction
of the bias, so that weights with small gradients step otherwise. It also imports torch._dynamo at
its first step, about a CPU second; these do not.
"""

import torch


class Optimizer:
    """Holds the parameters; `update` moves them, in operations that torch.compile can fuse."""

    def __init__(self, params: list[torch.Tensor], rate: float) -> None:
        self.params, self.rate = params, rate

    @torch.no_grad()
    def step(self) -> None:
        """Move the parameters by their gradients."""
        self.update([each.grad for each in self.params])


class RMSprop(Optimizer):
    def __init__(self, params, rate, rho=0.9, epsilon=1e-7):
        super().__init__(params, rate)
        self.square = [torch.zeros_like(each) for each in params]
        self.rho, self.epsilon = rho, epsilon

    def update(self, grads):
        torch._foreach_mul_(self.square, self.rho)
        torch._foreach_addcmul_(self.square, grads, grads, value=1 - self.rho)
        root = torch._foreach_add(self.square, self.epsilon)
        torch._foreach_sqrt_(root)
        torch._foreach_addcdiv_(self.params, grads, root, value=-self.rate)


class Adam(Optimizer):
    def __init__(self, params, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
        super().__init__(params, rate)
        self.mean = [torch.zeros_like(each) for each in params]
        self.square = [torch.zeros_like(each) for each in params]
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.count = torch.zeros((), dtype=torch.float32)
        self.taken = 0

    @torch.no_grad()
    def step(self):
        self.taken += 1
        self.count += 1
        torch._fused_adam_(
            self.params,
            [each.grad for each in self.params],
            self.mean,
            self.square,
            [],
            [self.count] * len(self.params),
            lr=self.rate,
            beta1=self.beta1,
            beta2=self.beta2,
            weight_decay=0.0,
            eps=self.epsilon / (1 - self.beta2**self.taken) ** 0.5,  # as in Keras
            amsgrad=False,
            maximize=False,
        )

    def update(self, grads):
        self.count += 1
        correction = (1 - self.beta2**self.count).sqrt() / (1 - self.beta1**self.count)
        for param, grad, mean, square in zip(
            self.params, grads, self.mean, self.square, strict=True
        ):
            mean.lerp_(grad, 1 - self.beta1)
            square.lerp_(grad * grad, 1 - self.beta2)
            param.sub_(self.rate * correction * mean / (square.sqrt() + self.epsilon))


class Adadelta(Optimizer):
    def __init__(self, params, rate, rho=0.95, epsilon=1e-7):
        super().__init__(params, rate)
        self.own = torch.optim.Adadelta(params, rate, rho=rho, eps=epsilon, foreach=True)

    def step(self):
        self.own.step()


OPTIMIZERS = {"rmsprop": RMSprop, "adam": Adam, "adadelta": Adadelta}
