"""The generated pages."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_links_of_the_pages_lead_somewhere(generate: ModuleType) -> None:
    pages = dict(generate.pages())
    for name, text in pages.items():
        for path, anchor in re.findall(r"\]\(([\w./]*)#?([\w-]*)\)", text):
            target = str(Path(name).parent / path) if path else name
            assert target in pages
            headings = re.findall(r"^#+ (.*)$", pages[target], re.MULTILINE)
            anchors = {heading.lower().replace(" ", "-") for heading in headings}
            assert not anchor or anchor in anchors


def test_no_page_names_this_machine(generate: ModuleType) -> None:
    for _, text in generate.pages():
        assert str(DOCS.parent) not in text
