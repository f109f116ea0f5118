"""The pages of the site that no file is: of specs with their diagrams, of Python, of a notebook."""

import html
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from links import ELSEWHERE, ROOT, page_of, specs

import modelspec
from modelspec.plot.options import PlotOptions

_CODE = re.compile(r"`([^`]+)`")
_CARD = """\
<a class="spec" href="{page}"><img src="{picture}" alt="The diagram of {name}" loading="lazy">
<strong>{name}</strong><span>{description}</span></a>
"""


def made_pages() -> Iterator[tuple[str, str | bytes]]:
    """Each file's place on the site, and what it holds."""
    for file, place in ELSEWHERE.items():
        path = ROOT / file
        if path.is_dir():
            yield place, _folder(path)
        elif path.suffix == ".ipynb":
            yield place, notebook(json.loads(path.read_text(encoding="utf-8")))
        else:
            yield place, path.read_text(encoding="utf-8")
    yield "reference.md", python()
    yield from gallery()


def gallery() -> Iterator[tuple[str, str | bytes]]:
    """A page for each spec, with its diagram, and one with all of them."""
    cards = []
    for file in specs():
        place = file.relative_to(ROOT).as_posix()
        spec = modelspec.load(str(file))
        page = page_of(place) or ""
        picture = place.replace(".yaml", ".svg")
        yield picture, spec.draw()
        yield place.replace(".yaml", ".diagram.html"), spec.draw(PlotOptions(format="html"))
        yield page, _spec(place, spec)
        card = _CARD.format(
            page=page.replace(".md", ".html"),
            picture=picture,
            name=html.escape(spec.graph.name),
            description=_CODE.sub(r"<code>\1</code>", html.escape(spec.graph.description or "")),
        )
        cards.append(card)
    intro = "Every spec of the folder `specs/`, as `modelspec plot` draws it.\n"
    yield "gallery.md", f"# Gallery\n\n{intro}\n<div class='gallery'>\n{''.join(cards)}</div>\n"


def _spec(place: str, spec: modelspec.LoadedSpec) -> str:
    stem = Path(place).stem
    text = (ROOT / place).read_text(encoding="utf-8").rstrip()
    told = spec.graph.description or ""
    return (
        f"# {spec.graph.name}\n\n{told}\n\n`{place}`: [the diagram as a page]({stem}.diagram.html)"
        f" to walk through, [the gallery]({'../' * place.count('/')}gallery.md).\n\n"
        f"```yaml\n{text}\n```\n\n![The diagram of {spec.graph.name}]({stem}.svg)\n"
    )


def python() -> str:
    """The reference of what the package gives to Python."""
    public = [name for name in modelspec.__all__ if not name.startswith("_")]
    functions = [name for name in public if inspect.isfunction(getattr(modelspec, name))]
    estimators = ["sklearn.SpecClassifier", "sklearn.SpecRegressor"]
    parts = {
        "Functions": functions,
        "Classes": [name for name in public if name not in functions],
        "Estimators": estimators,
    }
    text = "# Python\n\n[From Python and notebooks](python.md) shows them at work.\n"
    for title, names in parts.items():
        text += f"\n## {title}\n" + "".join(f"\n::: modelspec.{name}\n" for name in names)
    return text


def notebook(book: dict[str, Any]) -> str:
    """A notebook as Markdown: its cells, and what they show."""
    parts = []
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts.append(f"```python\n{source}\n```")
            parts += [_shown(output) for output in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _shown(output: dict[str, Any]) -> str:
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "text/html" in data:
        return f"<div class='shown'>{''.join(data['text/html'])}</div>"
    return f"```\n{''.join(data['text/plain']).rstrip()}\n```"


def _folder(path: Path) -> str:
    text = f"# `{path.relative_to(ROOT)}`\n"
    for file in sorted(path.rglob("*")):
        if file.suffix in (".toml", ".py"):
            kind = {".py": "python"}.get(file.suffix, file.suffix[1:])
            code = file.read_text(encoding="utf-8").rstrip()
            text += f"\n## `{file.relative_to(path)}`\n\n```{kind}\n{code}\n```\n"
    return text
