"""Every code has its rule, and every rule's examples do what they say."""

import pytest

from modelspec.diagnostics import CODES
from modelspec.lint import examine, rules
from modelspec.lint.rule import Rule
from modelspec.lint.rules import find, with_check


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(code, text, id=f"{code}-{index}")
        for code in CODES
        if (rule := find(code))
        for index, text in enumerate(getattr(rule, kind))
    ]


def _codes(code: str, text: str) -> list[str]:
    examined = examine(
        "spec.yaml", text=text, training=CODES[code].for_training, select=tuple(CODES)
    )
    return [found.code for found in examined.report]


@pytest.mark.parametrize(("code", "text"), _cases("passes"))
def test_what_must_pass_passes(code: str, text: str) -> None:
    assert code not in _codes(code, text)


@pytest.mark.parametrize(("code", "text"), _cases("fails"))
def test_what_must_fail_has_this_finding_and_no_other(code: str, text: str) -> None:
    assert set(_codes(code, text)) == {code}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_documented(code: str) -> None:
    rule = find(code)
    assert rule is not None
    assert issubclass(rule, Rule)
    assert rule.code == code
    assert rule.__doc__
    summary, blank, rest = rule.__doc__.partition("\n\n")
    assert summary.endswith(".")
    assert "\n" not in summary
    assert blank
    assert rest.strip()
    has_name = "".join(part.capitalize() for part in CODES[code].name.split("-"))
    assert rule.__name__.lower() == has_name.lower()


def test_every_rule_has_a_code() -> None:
    modules = [*rules._modules("checked"), *rules._modules("documented")]
    assert sorted(module.split("_")[0].upper() for module in modules) == sorted(CODES)
    for module in modules:
        code, _, name = module.partition("_")
        assert name.replace("_", "-") == CODES[code.upper()].name


def test_checked_rules_check() -> None:
    assert with_check()
    for rule in with_check():
        assert rule.check is not Rule.check


def test_rules_that_a_spec_does_without_would_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for code in CODES if (rule := find(code)) for text in rule.passes + rule.fails]

    def found() -> list[list[object]]:
        reports = (examine("s.yaml", text=text, select=tuple(CODES)).report for text in texts)
        return [list(report) for report in reports]

    lazily = found()
    monkeypatch.setattr(rules, "ONLY_FOR", {})
    assert found() == lazily
