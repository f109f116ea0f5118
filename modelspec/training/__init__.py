"""What training is made of, as data: losses, metrics, optimizers, callbacks."""
