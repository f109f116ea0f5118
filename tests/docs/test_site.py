"""The site: its navigation has every page, and its links lead to pages of it."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "docs" / "site"
CONFIG: dict[str, Any] = yaml.safe_load((SITE / "mkdocs.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def modules() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The files `links` and `made_pages`, which MkDocs imports by these names."""
    sys.path.insert(0, str(SITE))
    yield import_module("links"), import_module("made_pages")
    sys.path.remove(str(SITE))
    for name in ("links", "made_pages"):
        del sys.modules[name]


def entries(nav: list[Any]) -> Iterator[str]:
    """The pages and folders that a navigation leads to."""
    for entry in nav:
        ((_, target),) = entry.items()
        if isinstance(target, list):
            yield from entries(target)
        else:
            yield target


def test_the_navigation_has_every_page(modules: tuple[ModuleType, ModuleType]) -> None:
    links, _ = modules
    written = {page.name for page in (ROOT / "docs").glob("*.md")}
    made = {*links.ELSEWHERE.values(), "gallery.md", "reference.md"}
    listed = list(entries(CONFIG["nav"]))
    assert sorted(listed) == sorted(written | made | {"layers/"})


def test_no_page_asks_another_host_for_anything() -> None:
    assert CONFIG["theme"]["font"] is False
    assert not {"extra_javascript", "extra_css", "extra"} & CONFIG.keys()
    search, reference = CONFIG["plugins"]
    assert set(search) == {"search"}
    assert "inventories" not in reference["mkdocstrings"]["handlers"]["python"]


def anchors(text: str) -> set[str]:
    """What the headings of a page can be reached by."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda page: f"{page.parent.name}/{page.name}",
)
def test_its_links_lead_to_files_and_headings(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", outside):
        file, _, anchor = target.partition("#")
        place = page.parent / file if file else page
        assert place.exists(), target
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place.read_text(encoding="utf-8")), target


@pytest.mark.parametrize(
    ("page", "text", "on_site"),
    [
        ("index.md", "[d](docs/data.md#splits)", "[d](data.md#splits)"),
        ("index.md", "[s](specs/qa.yaml)", "[s](specs/qa.md)"),
        ("index.md", '<img src="docs/images/qa.svg">', '<img src="images/qa.svg">'),
        ("tables.md", "[b](../benchmarks/README.md)", "[b](benchmarks.md)"),
        ("tables.md", "[r](runs.md)", "[r](runs.md)"),
        ("layers/conv.md", "[t](../training.md#l2)", "[t](../training.md#l2)"),
        ("contributing.md", "[m](Makefile)", "m (`Makefile`)"),
        ("plugins.md", "[p](plugin_example)", "[p](plugin_example.md)"),
        ("index.md", "[a](https://a.b) [c](#c)", "[a](https://a.b) [c](#c)"),
        ("index.md", "```\n[d](docs/data.md)\n```\n", "```\n[d](docs/data.md)\n```\n"),
    ],
)
def test_links_of_the_repository_become_links_of_the_site(
    page: str, text: str, on_site: str, modules: tuple[ModuleType, ModuleType]
) -> None:
    links, _ = modules
    assert links.for_site(text, page) == on_site


def test_each_spec_has_a_page_a_picture_and_its_text(
    modules: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    links, made = modules
    assert {spec.stem for spec in links.specs()} >= {"qa", "resnet50", "transfer", "model"}
    monkeypatch.setattr(made, "specs", lambda: [ROOT / "specs" / "qa.yaml"])
    pages = dict(made.gallery())
    assert set(pages) == {
        "specs/qa.md",
        "specs/qa.svg",
        "specs/qa.diagram.html",
        "gallery.md",
    }
    assert (ROOT / "specs" / "qa.yaml").read_text().rstrip() in pages["specs/qa.md"]
    assert pages["specs/qa.svg"].endswith(b"</svg>\n")
    assert '<img src="specs/qa.svg"' in pages["gallery.md"]
    assert 'href="specs/qa.html"' in pages["gallery.md"]


def test_a_notebook_becomes_a_page(modules: tuple[ModuleType, ModuleType]) -> None:
    _, made = modules
    shown = [
        {"output_type": "execute_result", "data": {"text/html": ["<b>1</b>"], "text/plain": "1"}},
        {"output_type": "stream", "text": ["two\n"]},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["1"], "outputs": shown},
    ]
    assert made.notebook({"cells": cells}).split("\n\n") == [
        "# Title",
        "```python\n1\n```",
        "<div class='shown'><b>1</b></div>",
        "```\ntwo\n```\n",
    ]


def test_the_reference_has_every_public_name(modules: tuple[ModuleType, ModuleType]) -> None:
    import modelspec

    _, made = modules
    listed = re.findall(r"^::: modelspec\.(\w+)$", made.python(), re.MULTILINE)
    assert sorted(listed) == sorted(n for n in modelspec.__all__ if not n.startswith("_"))
