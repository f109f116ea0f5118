"""Studies that several machines share, by one of Optuna's storages.

Each machine numbers, chooses and trains trials by itself, and notes them where all see them. Trials
are chosen in the order of their numbers, each knowing the values of all before it, so that none is
made twice; which of their results it knows hangs on which machine is faster.
"""
