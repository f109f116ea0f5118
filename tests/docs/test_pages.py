"""What the pages on the code say of the tree is true."""

import re
from pathlib import Path

import pytest

import modelspec

ROOT = Path(__file__).parent.parent.parent
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = (ARCHITECTURE, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md")
FOLDERS = ("modelspec", "tests", "docs", "specs", "benchmarks")
FILES = {"pyproject.toml", "constraints.txt", "Makefile", "README.md", "CHANGELOG.md"}


def paths(page: Path) -> set[str]:
    """The files and folders of the repository that a page names in code, not those in commands."""
    named = re.findall(r"`([\w.][\w./*]*)`", page.read_text(encoding="utf-8"))
    return {name for name in named if name.startswith(tuple(f"{f}/" for f in FOLDERS))} | (
        FILES & set(named)
    )


def rooms() -> list[str]:
    """The folders of the package, at every depth."""
    inits = (ROOT / "modelspec").glob("*/**/__init__.py")
    return sorted(init.parent.relative_to(ROOT).as_posix() for init in inits)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_it_names_is_there(page: Path) -> None:
    assert [name for name in sorted(paths(page)) if not any(ROOT.glob(name))] == []


def test_it_names_paths() -> None:
    assert len(paths(ARCHITECTURE)) > 80
    assert len(paths(ROOT / "CONTRIBUTING.md")) > 20


def test_every_function_of_the_package_that_a_page_calls_is_there() -> None:
    called = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        called |= set(re.findall(r"\bmodelspec\.(\w+)\(", page.read_text(encoding="utf-8")))
    assert len(called) > 4
    assert called <= set(modelspec.__all__)


@pytest.mark.parametrize("room", rooms())
def test_every_room_is_on_the_page(room: str) -> None:
    assert f"`{room}/`" in ARCHITECTURE.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_its_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([\w./-]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
