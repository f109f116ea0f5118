"""The whole page: sound, alone in the world, and deaf to hostile names."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.report import Output, page
from tests.report.pages import (
    FEATURE,
    HISTORY,
    contents,
    importance,
    outputs,
    page_of,
    parsed,
    texts,
)

HOSTILE = "</style></title><script>alert('1')</script>\"><img src=x onerror=alert(1)>&lt;`"


def hostile_page(name: str) -> str:
    feature: dict[str, Any] = FEATURE | {
        "name": name,
        "kind": "text",
        "columns": [name],
        "facts": {name: name},
        "counts": {name: 1},
        "rows": [name],
    }
    history = [{**row, name: 1.0} for row in HISTORY]
    return page(
        contents(
            name=name,
            folder=name,
            started=name,
            ending=name,
            note=name,
            description=name,
            asked=name,
            history=history,
            best=(history[0], name),
            outputs=[replace(each, loss=name) for each in outputs(name)] + [Output(name, name)],
            features=[feature],
            rows={name: 1},
            spec=f"{name}: {name}\n# {name}\n",
            overrides=[name],
            environment={name: name, "libraries": {name: name}, "command_line": [name]},
            importance=importance(name),
        )
    )


def test_a_page_shows_every_part() -> None:
    found = page_of(diagram="<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    titles = ["Curves", "Outputs", "Importance", "Model", "Data", "Spec", "Environment"]
    assert texts(found, "h2") == titles
    links = [each.get("href") for each in found.iter("a")]
    assert links == [f"#{each.get('id')}" for each in found.iter("section")]
    assert texts(found, "h1") == ["flowers"]
    assert "104 parameters (4 not trained)" in "".join(found.itertext())


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = hostile_page(HOSTILE)
    found = parsed(text)
    assert "script" not in {each.tag for each in found.iter()}
    for each in found.iter():
        for name, value in each.attrib.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "action", "data")
            assert name != "href" or value.startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    policy = next(each for each in found.iter("meta") if each.get("http-equiv"))
    assert (policy.get("content") or "").startswith("default-src 'none'")


@settings(max_examples=20)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=30))
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    found, usual = parsed(hostile_page(name)), parsed(hostile_page("name"))
    assert texts(found, "h1") == [name]
    assert name in "".join(texts(found, "main"))
    assert {each.tag for each in found.iter()} <= {each.tag for each in usual.iter()} | {"code"}


def test_what_a_file_may_not_hold_is_replaced() -> None:
    assert texts(page_of(name="a\x00b\ud800\x1b[31m"), "h1") == ["a\ufffdb\ufffd\ufffd[31m"]


@pytest.mark.parametrize("history", [[], HISTORY[:1]], ids=["no epoch", "one epoch"])
def test_a_run_that_has_hardly_begun_has_a_page(history: list[dict[str, float]]) -> None:
    best = (history[0], "val_loss") if history else None
    found = page_of(history=history, best=best, outputs=[Output("a", "mse")], features=[], rows={})
    assert ("Curves" in texts(found, "h2")) == bool(history)
    assert texts(found, "h3") == ["amse"]


def test_the_largest_figures_are_those_of_the_best_epoch() -> None:
    found = page_of()
    figures = [each for each in found.iter("div") if "figure" in (each.get("class") or "").split()]
    shown = {texts(each, "span")[0]: each.find("b/span") for each in figures}
    assert list(shown) == ["val_loss", "val_a_mae", "loss", "a_mae"]
    assert {name: each.get("title") for name, each in shown.items() if each is not None} == {
        name: repr(HISTORY[1][name]) for name in shown
    }


def test_what_has_to_be_said_first_is_said() -> None:
    assert "other data" in texts(page_of(note="other data"), "header")[0]
