"""A training loop written by hand in torch: `--mode tight` or `--mode best`."""

import torch_loops
from definitions import WORKLOADS
from measuring import PASSES, Windows, parser, tell


def main() -> None:
    """Train, predict, print the record."""
    options = parser.parse_args()
    workload = WORKLOADS[options.model]
    contender = torch_loops.LOOPS[options.mode](options.model)
    training, predicting = Windows(options.seconds), Windows(options.seconds, PASSES)
    training.run(contender.epoch)
    predicting.run(contender.predict)
    tell(workload.samples, training, predicting, contender.loss)


if __name__ == "__main__":
    main()
