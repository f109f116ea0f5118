"""Where the files of the repository are on the site, and the links between its pages."""

import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "code_of_conduct.md",
    "LICENSE": "license.md",
    "benchmarks/README.md": "benchmarks.md",
    "docs/tour.ipynb": "tour.md",
    "docs/plugin_example": "plugin_example.md",
}
"""The pages that are made of files outside of `docs`, or of what is no Markdown."""
_FENCE = re.compile(r"^(?P<fence>```+).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<text>\[[^\]\[]*\])\((?P<target>(?![a-z]+:|#)[^)\s]+)\)")
_IMAGE = re.compile(r'(?<=src=")(?![a-z]+:)[^"]+')


def specs() -> list[Path]:
    """The specs under `specs/`, those of the folder itself first."""
    found = (ROOT / "specs").rglob("*.yaml")
    return sorted(found, key=lambda spec: (len(spec.parts), spec.name))


def page_of(file: str) -> str | None:
    """The place on the site of a file of the repository; None where it is not on it."""
    path = PurePosixPath(file)
    if file in ELSEWHERE:
        return ELSEWHERE[file]
    if path.parts[0] == "specs" and path.suffix == ".yaml":
        return str(path.with_suffix(".md"))
    if path.parts[0] == "docs" and path.suffix in (".md", ".svg") and (ROOT / path).is_file():
        return str(path.relative_to("docs"))
    return None


def file_of(page: str) -> str:
    """The file of the repository that a page of the site is made of."""
    made = {place: file for file, place in ELSEWHERE.items()}
    return made.get(page, f"docs/{page}")


def for_site(text: str, page: str) -> str:
    """A page's text, its links to files of the repository as links of the site.

    A link to a file that is not on the site becomes the file's path.

    Args:
        text: Markdown; what stands in fences is left alone.
        page: The page's place on the site.
    """
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_linked(text[end : fence.start()], page), fence[0]]
        end = fence.end()
    return "".join([*parts, _linked(text[end:], page)])


def _linked(text: str, page: str) -> str:
    def link(found: re.Match[str]) -> str:
        target, hash, anchor = found["target"].partition("#")
        place = _place(target, page)
        if place is None:
            return f"{found['text'][1:-1]} (`{_file(target, page)}`)"
        return f"{found['text']}({place}{hash}{anchor})"

    def image(found: re.Match[str]) -> str:
        return _place(found[0], page) or found[0]

    return _IMAGE.sub(image, _LINK.sub(link, text))


def _file(target: str, page: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(file_of(page)), target))


def _place(target: str, page: str) -> str | None:
    place = page_of(_file(target, page))
    return None if place is None else os.path.relpath(place, os.path.dirname(page) or ".")
