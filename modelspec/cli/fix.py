"""`modelspec lint --fix`: writing mended specs."""

from collections.abc import Iterable

from modelspec.cli.output import write_whole
from modelspec.cli.say import say
from modelspec.diagnostics import Diagnostic
from modelspec.diagnostics.fixes import apply_fixes
from modelspec.diagnostics.sources import Sources


def fix_file(file: str, findings: Iterable[Diagnostic], sources: Sources) -> bool:
    """Mend one file by its findings' fixes; say on standard error what was done."""
    text, done = apply_fixes(file, findings, sources)
    if done:
        write_whole(file, text.encode())
    for found in done:
        label = found.fix.label if found.fix else ""
        say(f"{found.span}: mended {found.name}: {label}", error=True)
    return bool(done)
