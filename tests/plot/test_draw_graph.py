"""All formats, checked with something that is not ours where there is such a thing."""

import json
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from modelspec.plot import FORMATS, Format, PlotOptions, TooLargeError, draw
from modelspec.plot.painters.png import affordable
from modelspec.plot.scene import Scene
from tests.work import LINEAR, growth

from .samples import NESTED, graph_of, sample_graphs

GRAPHS = sample_graphs()
SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str, format: Format, **options: object) -> bytes:
    graph, report = GRAPHS[name]
    return draw(graph, PlotOptions(format=format, **options), report)  # type: ignore[arg-type]


@pytest.fixture(params=sorted(GRAPHS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_graph_gives_the_same_bytes(name: str, format: Format) -> None:
    first = drawn(name, format)
    graph, report = sample_graphs()[name] if name in ("nested", "broken") else GRAPHS[name]
    assert draw(graph, PlotOptions(format=format), report) == first


def test_svg_has_each_node_once(name: str) -> None:
    root = ET.fromstring(drawn(name, "svg", fold=False))
    keys = [group.get("data-key") for group in root.iter(f"{SVG}g") if group.get("data-key")]
    assert len(keys) == len(set(keys))
    graph, _ = GRAPHS[name]
    assert set(graph.nodes) <= set(keys)
    assert {f"outputs/{output}" for output in graph.outputs} <= set(keys)


def test_svg_has_each_edge(name: str) -> None:
    graph, _ = GRAPHS[name]
    root = ET.fromstring(drawn(name, "svg", depth=0, fold=False))
    ends = sorted((g.get("data-from"), g.get("data-to")) for g in root.iter(f"{SVG}g")
                  if g.get("class") == "edge")  # fmt: skip
    wanted = [(edge.source.node, node.name) for node in graph.nodes.values() for edge in node.edges]
    wanted += [(output.source.node, f"outputs/{output.name}") for output in graph.outputs.values()]
    assert ends == sorted(wanted)


def test_svg_speaks_to_those_who_cannot_see_it(name: str) -> None:
    root = ET.fromstring(drawn(name, "svg"))
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert title.text
    assert description.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_svg_numbers_have_two_decimals_at_most(name: str) -> None:
    root = ET.fromstring(drawn(name, "svg"))
    for element in root.iter():
        for attribute in ("x", "y", "width", "height", "d", "rx", "stroke-width", "viewBox"):
            assert not re.search(r"\.\d{3}|nan|inf|e-", element.get(attribute, ""))


def test_svg_is_safe_with_any_title() -> None:
    graph, _ = GRAPHS["digits"]
    title = 'a <b> & "c" \x00 \ufffe \ud800 ]]> -- \u6a21\u578b'
    for format in FORMATS:
        assert draw(graph, PlotOptions(format=format, title=title))
    ET.fromstring(draw(graph, PlotOptions(title=title)))


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_png_has_the_size_of_the_drawing(name: str, scale: float) -> None:
    data = drawn(name, "png", scale=scale)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    root = ET.fromstring(drawn(name, "svg"))
    width, height = struct.unpack(">II", data[16:24])
    assert abs(width - float(root.get("width", 0)) * scale) <= 1
    assert abs(height - float(root.get("height", 0)) * scale) <= 1


def test_png_shows_text_without_system_fonts() -> None:
    graph, _ = GRAPHS["digits"]
    with_text = draw(graph, PlotOptions(format="png", title="words"))
    other_text = draw(graph, PlotOptions(format="png", title="sword"))
    assert with_text != other_text


def test_png_of_a_large_drawing_is_scaled_down_or_refused() -> None:
    assert affordable(Scene(1000, 1000, "", ""), 2.0) == 2.0
    assert 0.9 < affordable(Scene(1000, 30_000, "", ""), 2.0) <= 1.0
    with pytest.raises(TooLargeError, match="svg"):
        affordable(Scene(1000, 1_000_000, "", ""), 2.0)


def test_pdf_is_read_by_poppler(name: str, tmp_path: Path) -> None:
    data = drawn(name, "pdf")
    assert data.startswith(b"%PDF-1.7")
    if not shutil.which("pdftotext"):
        pytest.skip("poppler is not installed")
    (tmp_path / "a.pdf").write_bytes(data)
    done = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, check=True
    )
    assert not done.stderr
    words = done.stdout.decode().split()
    graph, _ = GRAPHS[name]
    inputs = {node.name for node in graph.nodes.values() if node.kind == "input"}
    assert inputs <= set(words)


def test_pdf_table_of_objects_is_right() -> None:
    data = drawn("nested", "pdf")
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    assert data[start : start + 4] == b"xref"
    rows = data[start:].split(b"\n")[3:]
    for number, row in enumerate(rows, start=1):
        if not re.fullmatch(rb"\d{10} \d{5} n ?", row):
            break
        assert data[int(row[:10]) :].startswith(b"%d 0 obj" % number)
    assert number > 5


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for key, value in attrs if key in ("src", "href", "xlink:href")]
        self._in_script = tag == "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)
            self._in_script = False


def test_html_fetches_nothing_and_has_all_details(name: str) -> None:
    text = drawn(name, "html").decode()
    page = Page()
    page.feed(text)
    assert page.links == []
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}
    details = json.loads(page.scripts[0])
    graph, _ = GRAPHS[name]
    assert {n for n, node in graph.nodes.items() if node.repeat is None} <= set(details)


def test_the_scripts_of_html_find_what_they_ask_for() -> None:
    text = drawn("digits", "html").decode()
    asked = set(re.findall(r'getElementById\("(\w+)"\)', text))
    assert asked >= {"view", "panel", "query", "count"}
    assert {name for name in asked if f'id="{name}"' not in text} == set()
    for name in set(re.findall(r"\.(hit|searched|near|focus|chosen)\b", text)):
        assert f'"{name}"' in text


PRESSED = """
<script>addEventListener("load", () => {
  const press = (key, where) =>
    where.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  const said = [];
  press("/", document.body);
  said.push(document.activeElement.id);
  query.value = "conv2d";
  query.dispatchEvent(new Event("input"));
  said.push(count.value, chosen);
  press("Enter", query);
  said.push(count.value, chosen);
  press("Escape", query);
  said.push(chosen, query.value);
  goTo("pool");
  press("ArrowDown", document.body);
  said.push(chosen, panel.textContent.includes("kernel") ? "weights" : "none");
  document.title = said.join(" | ");
})</script></body>"""


@pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium is installed")
def test_html_is_searched_and_walked_by_keys(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(drawn("digits", "html").decode().replace("</body>", PRESSED))
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    (title,) = re.findall("<title>([^<]* \\| [^<]*)</title>", done.stdout)
    assert title.split(" | ") == [
        *("query", "1 of 3", "stem", "2 of 3", "conv", "", "", "deeper", "weights"),
    ]


def test_html_lists_the_findings() -> None:
    text = drawn("broken", "html").decode()
    assert "MS401" in text
    assert '<details id="findings"' in text
    assert "<details" not in drawn("digits", "html").decode()


def test_dot_is_understood_by_graphviz(name: str) -> None:
    source = drawn(name, "dot").decode()
    assert source.startswith("digraph")
    assert source.count("{") == source.count("}")
    if not shutil.which("dot"):
        pytest.skip("graphviz is not installed")
    for options in ({}, {"depth": 0, "show_params": True}, {"shapes_on": "edges"}):
        done = subprocess.run(
            ["dot", "-Tsvg"], input=drawn(name, "dot", **options), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"syntax error" not in done.stderr


def test_mermaid_says_the_same() -> None:
    text = drawn("siamese", "mermaid").decode()
    lines = [line.strip() for line in text.splitlines()]
    assert lines[:4] == ["---", 'title: "siamese"', "---", "flowchart TB"]
    found = list(re.finditer(r"(n\d+)[(\[]+\"(?:<b>)?(\w+)", text))
    ids = {match[2]: match[1] for match in reversed(found)}
    assert f"{ids['gap']} --> {ids['same']}" in lines
    assert f'{ids["right_code"]} -->|"2"| {ids["gap"]}' in lines
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end") == 1


def test_mermaid_labels_are_closed(name: str) -> None:
    for line in drawn(name, "mermaid").decode().splitlines():
        assert line.count('"') % 2 == 0
        assert "`" not in line


def test_a_title_is_optional() -> None:
    graph, _ = GRAPHS["digits"]
    assert b">digits</text>" in draw(graph, PlotOptions())
    assert b">digits</text>" not in draw(graph, PlotOptions(title=""))


def test_deep_nesting_is_drawn() -> None:
    levels = 31
    blocks = ["  b0: {inputs: [x], layers: {d: {type: Dense, units: 2}}, outputs: [d]}"]
    blocks += [
        f"  b{i}: {{inputs: [x], layers: {{in: {{type: b{i - 1}}}}}, outputs: [in]}}"
        for i in range(1, levels)
    ]
    text = "\n".join(
        [
            "version: 1",
            "inputs: {x: [2]}",
            "blocks:",
            *blocks,
            f"layers: {{top: {{type: b{levels - 1}}}}}",
            "outputs: [top]",
        ]
    )
    graph, report = graph_of(text)
    assert not report.failed, list(report)
    for format in FORMATS:
        assert draw(graph, PlotOptions(format=format))


def test_a_spec_of_nothing_but_errors_is_drawn() -> None:
    graph, report = graph_of(NESTED.replace("type: Conv2D", "type: Conv2E"))
    assert report.failed
    for format in FORMATS:
        assert draw(graph, PlotOptions(format=format), report)


def draw_nodes(count: int) -> None:
    """Draw a chain of nodes, many of which lead to others far ahead too."""
    lines = ["version: 1", "inputs: {n0: [8]}", "layers:"]
    lines += [f"  n{index}: Add" for index in range(1, count)]
    lines += ["edges:", *(f"  - n{index} -> n{index + 1}" for index in range(count - 1))]
    lines += [f"  - n{index} -> n{(index * 37) % count}" for index in range(30, count)
              if (index * 37) % count > index + 1]  # fmt: skip
    graph, _ = graph_of("\n".join([*lines, f"outputs: [n{count - 1}]"]))
    draw(graph, PlotOptions())


def test_a_thousand_nodes_are_drawn_with_linear_work() -> None:
    assert growth(draw_nodes, 250, 1000) < LINEAR
