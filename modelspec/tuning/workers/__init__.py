"""The processes that train the trials of a study, and what they do.

The parent (`pool`) never imports torch. It talks to each worker over a socket of its own, in JSON
(`messages`). On Linux a server, which has imported torch once, forks them (`fork_server`, `serve`);
elsewhere each is started anew (`spawn`). A worker (`worker`) trains one job after the other
(`train_job`), asks the parent after each epoch whether to go on (`prune`), and keeps the data
between them (`data_cache`).
"""

from modelspec.tuning.workers.errors import WorkerError
from modelspec.tuning.workers.pool import Workers

__all__ = ["WorkerError", "Workers"]
