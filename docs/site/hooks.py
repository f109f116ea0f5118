"""What MkDocs calls while it builds the site."""

import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from links import for_site
from made_pages import made_pages


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Headings get the anchors that GitHub gives them; the style sheet is beside this file."""
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    config.extra_css.append("site.css")
    config.nav = [_opened(entry, Path(config.docs_dir)) for entry in config.nav or ()]
    return config


def _opened(entry: dict[str, Any], docs: Path) -> dict[str, Any]:
    """An entry of the navigation; a folder in it is all its pages, the index first."""
    ((title, target),) = entry.items()
    if not isinstance(target, str) or not target.endswith("/"):
        return entry
    pages = sorted((docs / target).glob("*.md"), key=lambda page: (page.stem != "README", page))
    return {title: [page.relative_to(docs).as_posix() for page in pages]}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made while building."""
    style = (HERE / "site.css").read_text(encoding="utf-8")
    for place, content in [*made_pages(), ("site.css", style)]:
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Links to files of the repository lead to their pages."""
    return for_site(markdown, page.file.src_uri)
