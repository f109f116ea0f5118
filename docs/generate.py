"""Write what comes from the code under `docs`: what `explain` and `--help` say, and pictures.

python docs/generate.py            # write them
python docs/generate.py --check    # fail if a page is out of date
"""

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["COLUMNS"] = "80"
os.environ["NO_COLOR"] = "1"

import modelspec
from modelspec.cli.commands import COMMANDS
from modelspec.cli.group import help_text
from modelspec.cli.pages import layers, rules, training
from modelspec.cli.pages.concepts import FILE, MARK
from modelspec.cli.pages.markdown import heading, table

DOCS = Path(__file__).resolve().parent
SPECS = DOCS.parent / "specs"
MADE = "<!-- Written by `make docs` from the code; do not edit. -->\n"
PICTURES = ("inception_block", "qa", "residual", "siamese_lstm", "social")
"""The specs whose diagrams the pages show."""
_HEADING = re.compile(
    r"^(?P<level>#+) (?P<title>.*)\n(?:<!-- explain: (?P<names>.*) -->\n)?", re.MULTILINE
)
_MARKED = re.compile(r"^<!-- explain: .*\n", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?P<text>[^\]\[]+)\]\((?P<target>(?!https?:)[^)\s]+)\)")
_PLAIN = ("#f4f4f6", "#8a94a0")


def pages() -> Iterator[tuple[str, str]]:
    """Each page's path under `docs`, and its text."""
    yield "rules.md", _joined(_rules())
    yield "cli.md", _joined(_commands())
    yield "training.md", _joined(_training())
    yield "layers/README.md", _joined(_layer_index())
    for family, names in layers.families().items():
        yield f"layers/{family}.md", _joined(_family(family, names))


def concepts() -> str:
    """What `modelspec explain` says of concepts: the sections of the pages that say so."""
    names = [page for page in sorted(DOCS.glob("*.md")) if not _is_made(page)]
    return MADE + "".join(
        f"\n{MARK}{marked}\n{section}"
        for page in names
        for marked, section in _sections(page.name, page.read_text(encoding="utf-8"))
    )


def _sections(page: str, text: str) -> Iterator[tuple[str, str]]:
    """Each marked section: its names, summary and place, and its text with what it contains."""
    without_code = _CODE.sub(lambda code: code[0].replace("#", "."), text)
    found = list(_HEADING.finditer(without_code))
    for index, begin in enumerate(found):
        if not begin["names"]:
            continue
        level, title = len(begin["level"]), begin["title"]
        rest = found[index + 1 :] if level == 1 else _outside(found[index + 1 :], level)
        body = _MARKED.sub("", text[begin.end() : rest[0].start() if rest else len(text)]).strip()
        whole = f"{'#' * level} {title}\n\n{body}"
        anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        where = f"docs/{page}" + f"#{anchor}" * (level > 1)
        raised = re.sub(rf"^#{{{level - 1}}}(?=#+ )", "", whole, flags=re.MULTILINE)
        yield f"{begin['names']} | {where} -->", _linked(raised, page) + "\n"


def _outside(headings: list[re.Match[str]], level: int) -> list[re.Match[str]]:
    """The headings that begin no part of a section of a level."""
    return [each for each in headings if len(each["level"]) <= level]


def _linked(text: str, page: str) -> str:
    """A page's text, its links to other pages as paths that can be read outside of it."""

    def path(link: re.Match[str]) -> str:
        file, hash, anchor = link["target"].partition("#")
        target = os.path.normpath(os.path.join("docs", file or page))
        return f"{link['text']} (`{target}{hash}{anchor}`)"

    return _LINK.sub(path, text)


def pictures() -> Iterator[tuple[str, str]]:
    """Each picture's path under `docs`, and its text."""
    for name in PICTURES:
        spec = modelspec.load(str(SPECS / f"{name}.yaml"))
        yield f"images/{name}.svg", spec.draw().decode()
    with open(DOCS.parent / "pyproject.toml", "rb") as file:
        yield "images/floors.svg", _floors(tomllib.load(file)["tool"]["importlinter"]["contracts"])


def _floors(contracts: list[dict[str, Any]]) -> str:
    """The rooms as the import contracts have them: floors, and which never import torch."""
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["modelspec"])
    (torch_free,) = (each["source_modules"] for each in contracts if each["type"] == "forbidden")
    floors = [[room.strip() for room in floor.split("|")] for floor in layers]
    width, room_height, gap = 720, 44, 8
    height = len(floors) * (room_height + gap) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"',
        ' font-family="sans-serif" font-size="14" text-anchor="middle">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for level, rooms in enumerate(floors):
        room_width = (width - gap) / len(rooms) - gap
        for place, room in enumerate(rooms):
            fill, line = ("#e6f2ec", "#3a7d5c") if f"modelspec.{room}" in torch_free else _PLAIN
            x, y = gap + place * (room_width + gap), gap + level * (room_height + gap)
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{room_width:.1f}" height="{room_height}" rx="6"'
                f' fill="{fill}" stroke="{line}"/><text x="{x + room_width / 2:.1f}"'
                f' y="{y + 27}" fill="#1d2a33">{room}</text>'
            )
    legend = "A room imports from floors below it only. Green: never imports torch."
    parts.append(f'<text x="{width / 2}" y="{height - 14}" fill="#52616b">{legend}</text></svg>')
    return "\n".join(parts) + "\n"


def _rules() -> Iterator[str]:
    yield heading("The findings of modelspec lint", 1)
    yield table(rules.TABLE_HEADER, rules.table_rows())
    for code in rules.topics():
        yield rules.page(code, 2) or ""


def _commands() -> Iterator[str]:
    yield heading("The command line", 1)
    yield "Exit codes: 0 fine, 1 findings or failed, 2 wrong usage, 3 a bug, 130 interrupted.\n"
    yield f"```\n{help_text()}\n```\n"
    for command in COMMANDS:
        yield heading(f"modelspec {command.name}", 2)
        yield f"```\n{help_text(command.name)}\n```\n"


def _training() -> Iterator[str]:
    yield heading("Losses, metrics, optimizers, callbacks", 1)
    for kind in training.KINDS:
        yield heading(kind.title, 2)
        for name in kind.topics():
            yield kind.page(name, 3) or ""


def _layer_index() -> Iterator[str]:
    yield heading("Layers", 1)
    lines = layers.topics()
    for family, names in layers.families().items():
        yield table(
            (f"[{family}]({family}.md)", ""),
            [(f"[`{name}`]({family}.md#{name.lower()})", lines[name]) for name in names],
        )


def _family(family: str, names: list[str]) -> Iterator[str]:
    yield heading(f"Layers: {family}", 1)
    for name in names:
        yield layers.page(name, 2) or ""


def _joined(parts: Iterator[str]) -> str:
    return MADE + "\n" + "\n".join(parts).rstrip() + "\n"


def _is_made(path: Path) -> bool:
    return path.read_text(encoding="utf-8").startswith(MADE)


def main() -> int:
    """Write or check the pages; return the exit code."""
    wanted = {DOCS / name: text for made in (pages(), pictures()) for name, text in made}
    wanted[FILE] = concepts()
    stale = [path for path in DOCS.rglob("*.md") if path not in wanted and _is_made(path)]
    changed = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for path in [*changed, *stale]:
            print(f"{path.relative_to(DOCS.parent)} is out of date: run `make docs`")
        return 1 if changed or stale else 0
    for path in stale:
        path.unlink()
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    print(f"{len(wanted)} files, {len(changed)} changed, {len(stale)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
