from modelspec.report.environment import environment_drawn
from tests.report.pages import part, texts


def test_versions_machine_and_command_line() -> None:
    environment = {
        "python": "3.11.7 (main, May 9)\n[GCC]",
        "libraries": {"torch": "2.13"},
        "device_name": "cpu",
        "command_line": ["/somewhere/bin/modelspec", "train", "a b.yaml"],
    }
    found = part(environment_drawn(environment, ["train.epochs=3"]))
    named = dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))
    assert named == {
        "python": "3.11.7", "torch": "2.13", "device name": "cpu", "overrides": "train.epochs=3",
    }  # fmt: skip
    assert texts(found, "pre") == ["modelspec train 'a b.yaml'"]


def test_an_old_run_without_a_command_line() -> None:
    assert texts(part(environment_drawn({"cores": 2}, [])), "dd") == ["2"]
