"""The lines that findings point at."""

import re
from collections.abc import Mapping

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What YAML counts as the end of a line."""


class Sources:
    """The texts of files, by the names that spans give them; read from disk where not given.

    Args:
        texts: What cannot be read again, or may have changed since: standard input, overrides.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts = dict(texts or {})
        self._lines: dict[str, list[str]] = {}
        self._starts: dict[str, list[int]] = {}
        """Where each line of a file begins."""

    def add(self, file: str, text: str) -> None:
        """Keep a file's text."""
        self.update(Sources({file: text}))

    def update(self, other: "Sources") -> None:
        """Keep another's texts too."""
        self._texts.update(other._texts)
        for file in other._texts:
            self._lines.pop(file, None)
            self._starts.pop(file, None)

    def text(self, file: str) -> str:
        """A file's text; empty where it cannot be read, or is none: an NPZ with a bad number."""
        if file not in self._texts:
            try:
                with open(file, encoding="utf-8", errors="replace", newline="") as stream:
                    text = stream.read()
            except OSError:
                return ""
            if "\0" in text:
                return ""
            self._texts[file] = text
        return self._texts[file]

    def lines(self, file: str) -> list[str]:
        """A file's lines, without their ends."""
        if file not in self._lines:
            text = self.text(file).removeprefix("\ufeff")
            self._lines[file] = _LINE_BREAK.split(text) if file in self._texts else []
        return self._lines[file]

    def line(self, file: str, number: int) -> str | None:
        """One line, counted from 1, or None where the file has none such."""
        lines = self.lines(file)
        return lines[number - 1] if 0 < number <= len(lines) else None

    def offset(self, file: str, line: int, column: int) -> int:
        """The place in the text of a line and column, both counted from 1."""
        if file not in self._starts:
            ends = (match.end() for match in _LINE_BREAK.finditer(self.text(file)))
            self._starts[file] = [0, *ends]
        bom = self.text(file).startswith("\ufeff") and line == 1
        return self._starts[file][line - 1] + column - 1 + bom
