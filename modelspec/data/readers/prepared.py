"""A file made ready to be read: what it is, unpacked, and as text that the readers take."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelspec.data.readers.content import CALLED, HEAD, content, refused
from modelspec.data.readers.dialect import SAMPLE, Dialect, look
from modelspec.data.readers.json_documents import as_lines
from modelspec.data.readers.rewritten import rewritten
from modelspec.data.readers.unpacked import compression, unpacked
from modelspec.source.data_suffixes import COMPRESSED, TEXT_FORMATS
from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    from modelspec.data.readers.temporary import TemporaryFile
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.language.data_format import FileFormat
    from modelspec.source.data_suffixes import Format


_PLAIN = Dialect()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file before it is opened.

    Attributes:
        type: What it is.
        path: What is to be read for it.
        dialect: How it is written, of a delimited file.
        sheet: Which sheet of a workbook is wanted; None for the first one.
        notes: What was found out about it, a line each.
        kept: The temporary file that `path` is, if it is one.
        trained: How the file that was trained on writes its numbers, if it is text.
    """

    type: Format
    path: str
    dialect: Dialect = _PLAIN
    sheet: str | None = None
    notes: tuple[str, ...] = ()
    kept: TemporaryFile | None = None
    trained: NumberStyle | None = None


def prepare(
    format: FileFormat, findings: Findings, trained: NumberStyle | None = None
) -> Prepared | None:
    """Look at a file. None after a finding: it is missing, empty, or not what can be read.

    Args:
        format: What the spec, or the file's name, says that it is.
        findings: Names it.
        trained: How the file that was trained on writes its numbers, where it is text.
    """
    type, path = format.type, findings.file
    assert type
    if type == "folder":
        return Prepared(type, path) if _is_folder(findings) else None
    head = _head(findings, path)
    if head is None:
        return None
    kept, notes = None, []
    if kind := compression(head):
        if type not in TEXT_FORMATS:
            message = f"`{path}` is compressed by {kind}, which {CALLED[type]} files are not"
            findings.add("MS801", message, help="unpack it")
            return None
        kept = unpacked(findings, kind)
        if kept is None:
            return None
        head = _head(findings, kept.path)
        if head is None:
            return None
        if not path.lower().endswith(tuple(f".{suffix}" for suffix in COMPRESSED)):
            notes.append(f"compressed by {kind}")
    if found := refused(head):
        findings.add("MS801", f"`{path}` is {found[0]}", help=found[1])
        return None
    read = kept.path if kept else path
    actual = content(read, head, type)
    if actual != type and not (actual == "jsonl" and type == "json"):
        notes.append(f"holds {CALLED[actual]}, not {CALLED[type]}")
    prepared = Prepared(actual, read, notes=tuple(notes), kept=kept, trained=trained)
    if actual in ("csv", "tsv"):
        return _delimited(prepared, format.of_type(type), findings, trained)
    if actual in ("json", "jsonl"):
        lines = as_lines(read, actual, findings)
        if lines is None:
            return None
        kept = lines.made or kept
        return replace(prepared, type=lines.type, path=kept.path if kept else path, kept=kept)
    if actual == "excel":
        return replace(prepared, sheet=format.sheet)
    return prepared


def _delimited(
    prepared: Prepared, format: FileFormat, findings: Findings, trained: NumberStyle | None
) -> Prepared | None:
    sample, whole = _sample(prepared.path)
    try:
        looked = look(sample, whole=whole, format=format, trained=trained)
        dialect, kept = looked.dialect, prepared.kept
        if not dialect.plain:
            kept = rewritten(prepared.path, dialect)
    except UnicodeDecodeError as error:
        _report_undecoded(findings, prepared.path, error)
        return None
    except UnicodeError as error:  # no mark of UTF-16 or UTF-32
        message = f"`{findings.file}` is not {format.encoding}: {error}"
        findings.add("MS801", message, help="state another `format: {encoding: ...}`")
        return None
    except OSError as error:
        message = f"`{findings.file}` cannot be written as UTF-8: {error.strerror or error}"
        findings.add("MS801", message, help="make room in the folder for temporary files")
        return None
    path, notes = prepared.path if kept is None else kept.path, (*prepared.notes, *looked.notes)
    return Prepared(prepared.type, path, dialect, notes=notes, kept=kept)


def _report_undecoded(findings: Findings, path: str, error: UnicodeDecodeError) -> None:
    """Say that a file is not in its encoding, and of UTF-8 on which line."""
    encoding, line, byte = error.encoding, 0, error.object[error.start]
    if encoding.replace("_", "-") in ("utf-8", "utf-8-sig"):
        encoding = "UTF-8"
        line, byte = undecodable(path) or (0, byte)
    where = f" on line {line}" if line else ""
    message = f"`{findings.file}` is not {encoding}: byte 0x{byte:02x}{where}"
    help = "save it as UTF-8, or state its `format: {encoding: ...}`"
    findings.add("MS801", message, help=help, line=line)


def undecodable(path: str) -> tuple[int, int] | None:
    """The first line of a file that is not UTF-8, and the byte that is none; None if all are."""
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return number, line[error.start]
    return None


def _sample(path: str) -> tuple[bytes, bool]:
    """The beginning of a file, and whether it is all of it."""
    with open(path, "rb") as file:
        data = file.read(SAMPLE + 1)
    return data[:SAMPLE], len(data) <= SAMPLE


def _head(findings: Findings, path: str) -> bytes | None:
    """The first bytes of a file. None after a finding."""
    try:
        check_regular(path)
        with open(path, "rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        _report_absence(findings, "file")
        return None
    except OSError as error:
        findings.add("MS801", f"`{findings.file}` cannot be read: {error.strerror}")
        return None
    if not head:
        findings.add("MS801", f"`{findings.file}` is empty")
        return None
    return head


def _is_folder(findings: Findings) -> bool:
    if os.path.isdir(findings.file):
        return True
    _report_absence(findings, "folder")
    return False


def _report_absence(findings: Findings, what: str) -> None:
    from modelspec.diagnostics import did_you_mean

    folder, name = os.path.split(findings.file.rstrip("/"))
    beside = os.listdir(folder or ".") if os.path.isdir(folder or ".") else []
    near = did_you_mean(name, beside)
    help = f"did you mean `{os.path.join(folder, near)}`?" if near else ""
    findings.add("MS801", f"there is no {what} `{findings.file}`", help=help)
