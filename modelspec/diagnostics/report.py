"""Collecting findings, and failing with them."""

from collections.abc import Iterable, Iterator

from modelspec.diagnostics.codes import Severity
from modelspec.diagnostics.diagnostic import Diagnostic


class Report:
    """The findings of one run, none twice.

    A place inside a block that is used ten times is still one place: a finding
    that says the same thing about the same token is kept once.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self.extend(diagnostics)

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a finding, unless it is there already."""
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        self._found.setdefault(key, diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep several findings."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        """In file order: files as they were first met, then by line, column and code."""
        files: dict[str, int] = {}
        for found in self._found.values():
            files.setdefault(found.span.file, len(files))
        return iter(
            sorted(
                self._found.values(),
                key=lambda d: (files[d.span.file], d.span.line, d.span.column, d.code),
            )
        )

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that stop a run, in file order."""
        return [found for found in self if found.severity is Severity.ERROR]

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(found.severity is Severity.ERROR for found in self._found.values())

    def raise_if_failed(self) -> None:
        """Raise `SpecError` with the errors, if there are any."""
        if self.failed:
            raise SpecError(self.errors)


class SpecError(Exception):
    """Something the user wrote cannot be run. Carries the findings that say why.

    A traceback shows their ways out as notes.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.span}: {d.code} {d.message}" for d in self.diagnostics))
        for help in dict.fromkeys(f"{d.code} help: {d.help}" for d in self.diagnostics if d.help):
            self.add_note(help)
