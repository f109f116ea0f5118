"""MS104 unsafe-yaml."""

from modelspec.lint.rule import Rule


class UnsafeYaml(Rule):
    """The file asks for more than a spec may.

    A spec is data, and reading one must be safe whoever wrote it. Tags that make a reader build
    objects (`!!python/object`) are refused; so are aliases that unfold to millions of values,
    nesting without end, files of many megabytes, blocks that repeat into millions of nodes, layers
    larger than any memory, and blocks from files outside of the spec's own folder. That last bound
    can be widened with `--include-dir`; the others are far beyond what a network needs.
    """

    code = "MS104"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: !!python/object:os.system {type: Dense, units: 1}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1000000000000000}}
outputs: {y: mse}
""",
    )
