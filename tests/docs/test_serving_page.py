"""The page on serving: its commands run, its requests are answered as it says."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from modelspec.serving import app, openapi
from modelspec.serving.limits import Limits
from tests.docs.following import ROOT, followed, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = page("serving.md")
FOLLOWED = PAGE.replace("specs/customers.yaml\n", "specs/customers.yaml --set train.epochs=2\n")
_REQUEST = r"```bash\ncurl [^\n]* -d '\n(.*?)'\n```\n\n```json\n(.*?)```"
REQUESTS = re.findall(_REQUEST, PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def followed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which all commands of the page were run."""
    folder = tmp_path_factory.mktemp("serving")
    (folder / "specs").mkdir()
    spec = (ROOT / "specs" / "customers.yaml").read_text(encoding="utf-8")
    (folder / "specs" / "customers.yaml").write_text(spec, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


def _table(heading: str) -> dict[str, str]:
    """The first table under a heading: the rest of each line by its first cell."""
    told = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `?([^|`]+)`? \| (.+) \|$", told, re.MULTILINE)
    assert rows
    return dict(rows[1:])


def test_every_command_and_request_does_what_the_page_says(
    followed_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    followed(FOLLOWED, monkeypatch, capsys)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)
    with TestClient(names["app"]) as client:
        while client.get("/ready").json() == {"status": "loading"}:
            time.sleep(0.002)
        (asked, answer), (wrong, refusal) = REQUESTS
        found = client.post("/predict", json=json.loads(asked))
        assert found.status_code == 200
        told = json.loads(answer)
        assert [set(each) for each in found.json()["predictions"]] == [
            set(each) for each in told["predictions"]
        ]
        assert found.json()["warnings"] == told["warnings"]
        found = client.post("/predict", json=json.loads(wrong))
        assert found.status_code == 422
        assert found.json() == json.loads(refusal)
        metrics = client.get("/metrics").text
        for name in _table("Metrics"):
            assert re.search(rf"^{name.partition('{')[0]}(_bucket)?[ {{]", metrics, re.MULTILINE)
        addresses = re.findall(r"^\| `[^|]*/[^|]*\|", PAGE, re.MULTILINE)[:6]
        for address in re.findall(r"`(/[\w.]*)`", "".join(addresses)):
            assert client.get(address).status_code == 200
    with TestClient(names["site"]) as client:
        assert client.get("/customers/").status_code == 200
    with pytest.raises(ValueError, match="threshold"):
        app("customers", threshold=2.0)


def test_every_refusal_is_on_the_page() -> None:
    about = {
        "name": "a",
        "modelspec": "1",
        "columns": [],
        "outputs": [],
        "threshold": False,
        "example": None,
        "limits": {"rows": 1, "body": 1},
    }
    document = openapi.openapi(about)
    codes = document["paths"]["/predict"]["post"]["responses"].keys() - {"200"}
    assert codes <= _table("Errors").keys()


def test_limits_are_those_on_the_page() -> None:
    limits = Limits.of(64, 1_000_000)
    assert Limits() == Limits(rows=limits.rows, body=limits.body)
    assert f"{limits.waiting // limits.rows} times `--max-batch`" in PAGE
    assert f"{limits.memory // limits.body} times `--max-body`" in PAGE
