"""MS807 run-directory."""

from modelspec.lint.rule import Rule


class RunDirectory(Rule):
    """A run directory cannot be used.

    The folder is not what a run of `modelspec train` wrote, a file in it is missing or damaged, it
    belongs to another spec, or another process is writing to it. A run that was stopped is picked
    up by `modelspec train SPEC --resume RUN`.
    """

    code = "MS807"
