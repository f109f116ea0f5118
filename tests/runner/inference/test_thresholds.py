"""Thresholds are the best ones there are, and all that decides goes by them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from modelspec.cli import main
from modelspec.diagnostics import SpecError
from modelspec.language.decision import DecisionSection, LeastPrecision, LeastRecall
from modelspec.lint import examine
from modelspec.report.contents import Classes, Labels
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.thresholds import Choice, best_threshold
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.reporting.predictions import collect_predictions
from tests.runner.worlds import prepared, run, write_flowers, write_spec

VALUES = st.lists(
    st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=2, max_size=30
).filter(lambda rows: len({yes for _, yes in rows}) == 2)


def _measured(rows: list[tuple[float, bool]], threshold: float) -> dict[str, float]:
    """The scores by their definitions."""
    yes = [value >= threshold for value, _ in rows]
    hits = sum(said and true for said, (_, true) in zip(yes, rows, strict=True))
    trues = sum(true for _, true in rows)
    false_alarms = sum(yes) - hits
    recall, alarm = hits / trues, false_alarms / (len(rows) - trues)
    return {
        "f1": 2 * hits / (sum(yes) + trues),
        "balanced_accuracy": (recall + 1 - alarm) / 2,
        "youden": recall - alarm,
        "precision": hits / sum(yes) if any(yes) else 0.0,
        "recall": recall,
    }


def _chosen(rows: list[tuple[float, bool]], decision: DecisionSection) -> Choice:
    values, truth = (np.array(each) for each in zip(*rows, strict=True))
    chosen = best_threshold(values.astype(np.float32), truth, decision)
    assert np.float32(chosen.threshold) == chosen.threshold
    return chosen


@given(VALUES, st.sampled_from(["f1", "balanced_accuracy", "youden"]))
@settings(max_examples=50)
def test_no_threshold_scores_better(rows: list[tuple[float, bool]], best: str) -> None:
    chosen = _chosen(rows, DecisionSection(best=best))  # type: ignore[arg-type]
    assert chosen.score is not None
    assert _measured(rows, chosen.threshold)[best] == pytest.approx(chosen.score)
    others = [_measured(rows, each)[best] for each in [0.0, *(value for value, _ in rows)]]
    assert max(others) <= chosen.score + 1e-9


@given(VALUES, st.sampled_from([0.3, 0.5, 0.9]), st.booleans())
@settings(max_examples=50)
def test_a_bound_is_held_where_it_can_be(
    rows: list[tuple[float, bool]], least: float, precise: bool
) -> None:
    best = LeastPrecision(precision=least) if precise else LeastRecall(recall=least)
    chosen = _chosen(rows, DecisionSection(best=best))
    bounded, wanted = ("precision", "recall") if precise else ("recall", "precision")
    found = _measured(rows, chosen.threshold)
    assert found[wanted] == pytest.approx(chosen.score)
    others = [_measured(rows, each) for each, _ in rows]
    enough = [each[wanted] for each in others if each[bounded] >= least]
    if enough:
        assert found[bounded] >= least
        assert found[wanted] >= max(enough) - 1e-9
    else:
        assert found[bounded] >= max(each[bounded] for each in others) - 1e-9


def test_where_nothing_is_to_be_chosen_it_is_one_half() -> None:
    values = np.array([0.1, np.nan, 0.9], np.float32)
    found = best_threshold(values, np.array([True, False, True]), DecisionSection(best="f1"))
    assert found == (0.5, None)


MAILS = """\
    name: mails
    inputs: {x: [2]}
    layers:
      spam: {type: Dense, units: 1, activation: sigmoid}
      tags: {type: Dense, units: 2, activation: sigmoid}
    edges: ["x -> spam, tags"]
    outputs:
      spam:
        loss: binary_crossentropy
        metrics: [accuracy, precision, recall, f1_score, {type: precision, name: half, thresholds: 0.5}]
        decision: SPAM
      tags:
        loss: binary_crossentropy
        metrics: [binary_accuracy, {type: f1_score, average: macro}]
        decision: TAGS
    data:
      file: mails.csv
      split: {validation: 0.4}
      features:
        x: {columns: [a, b]}
        spam: {type: category}
        tags: {type: category, encode: multi_hot}
    train: {epochs: 2, batch_size: 16}
"""  # noqa: E501


def _write(folder: Path, spam: str, tags: str) -> Path:
    draw = np.random.default_rng(2)
    with open(folder / "mails.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "spam", "tags"])
        for _ in range(100):
            a, b = draw.normal(size=2)
            tags_of = [name for name, yes in (("new", a > 0.5), ("old", b > 1)) if yes]
            writer.writerow([a, b, "yes" if a + draw.normal() > 1 else "no", ",".join(tags_of)])
    return write_spec(folder, MAILS.replace("SPAM", spam).replace("TAGS", tags))


@pytest.mark.parametrize(
    ("spam", "tags"),
    [("{best: f1}", "{threshold: 0.3}"), ("{threshold: 0.25}", "{best: balanced_accuracy}")],
)
def test_predict_and_eval_decide_by_them(
    spam: str, tags: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    spec = _write(tmp_path, spam, tags)
    assert main(["train", str(spec), "-q", "--device", "cpu"]) == 0
    assert "is yes from" in capsys.readouterr().out
    folder = (tmp_path / "runs" / "mails" / "latest").resolve()
    trained = TrainedModel.from_run(folder)
    thresholds = trained.preprocessing.thresholds
    assert len(thresholds["spam"]) == 1
    assert len(thresholds["tags"]) == (2 if "best" in tags else 1)
    assert main(["predict", "mails", "--data", "mails.csv", "-o", "out.csv"]) == 0
    with open("out.csv", encoding="utf-8") as file:
        said = list(csv.DictReader(file))
    with open("mails.csv", encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    probability = np.array([float(row["spam_probability_yes"]) for row in said], np.float32)
    yes = probability >= np.float32(thresholds["spam"][0])
    assert [row["spam"] for row in said] == ["yes" if each else "no" for each in yes]
    for number, row in enumerate(said):
        limits = thresholds["tags"] if len(thresholds["tags"]) > 1 else thresholds["tags"] * 2
        wanted = [
            name
            for name, limit in zip(("new", "old"), limits, strict=True)
            if np.float32(row[f"tags_probability_{name}"]) >= np.float32(limit)
        ]
        assert row["tags"] == ",".join(wanted), number
    capsys.readouterr()
    assert main(["eval", "mails", "--data", "mails.csv", "--json"]) == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert notes["spam"].startswith("accuracy, precision, recall, f1_score: yes from ")
    rows = prepared(spec).splits
    found = evaluate(trained, rows.train, "cpu").outputs["spam"]
    kept = rows.train.kept
    assert kept is not None
    true = np.array([row["spam"] == "yes" for row in truth])[kept]
    assert found["accuracy"] == pytest.approx(accuracy_score(true, yes[kept]))
    assert found["precision"] == pytest.approx(precision_score(true, yes[kept], zero_division=0))
    assert found["recall"] == pytest.approx(recall_score(true, yes[kept]))
    assert found["f1_score"] == pytest.approx(f1_score(true, yes[kept]), abs=1e-5)
    results = collect_predictions(trained, rows.train, "cpu").results
    classes, labels = results["spam"], results["tags"]
    assert isinstance(classes, Classes)
    assert isinstance(labels, Labels)
    pairs = {(i, j): int(((true == i) & (yes[kept] == j)).sum()) for i in (0, 1) for j in (0, 1)}
    assert {pair: count for pair, count in pairs.items() if count} == dict(classes.pairs)
    answers = [row["tags"].split(",") for row in said]
    for name, (_, claimed, _) in zip(labels.names, labels.counts, strict=True):
        assert claimed == sum(name in answers[row] for row in kept)
    half = probability[kept] > 0.5
    assert found["half"] == pytest.approx(precision_score(true, half, zero_division=0))


def test_a_command_line_may_say_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(_write(tmp_path, "{threshold: 0.25}", "{threshold: 0.3}"), "train.epochs=1")
    command = ["predict", "mails", "--data", "mails.csv", "-o", "out.csv", "--threshold"]
    for threshold, answers in (("0", {"yes"}), ("1", {"no"})):
        assert main([*command, threshold]) == 0
        with open("out.csv", encoding="utf-8") as file:
            assert {row["spam"] for row in csv.DictReader(file)} == answers
    assert main([*command, "7"]) == 2
    capsys.readouterr()
    run(write_flowers(tmp_path), "train.epochs=1")
    assert main(["predict", "flowers", "--data", "flowers.npz", "--threshold", "0.3"]) == 2
    assert "no output" in capsys.readouterr().err


def test_those_that_are_written_hold_while_training(tmp_path: Path) -> None:
    spec = _write(tmp_path, "{threshold: 0.0}", "{threshold: 1.0}")
    history = run(spec).history
    assert {row["spam_recall"] for row in history} == {1.0}
    assert {row["tags_f1_score"] for row in history} == {0.0}


def test_labels_have_their_own(tmp_path: Path) -> None:
    spec = _write(tmp_path, "{threshold: 0.3}", "{threshold: {old: 0.7}}")
    assert prepared(spec).splits.preprocessing.thresholds["tags"] == (0.5, 0.7)
    assert prepared(
        spec, "outputs.tags.decision.threshold={0: 0.1, old: 0.7}"
    ).splits.preprocessing.thresholds["tags"] == (0.1, 0.7)
    with pytest.raises(SpecError, match="no label `odl`"):
        prepared(spec, "outputs.tags.decision.threshold={odl: 0.1}")


def test_one_that_is_to_be_chosen_is_one_half_while_training(tmp_path: Path) -> None:
    one, other = (
        run(_write(tmp_path, each, each), runs=tmp_path / each[1:5])
        for each in ("{best: f1}", "{threshold: 0.5}")
    )
    assert one.history == other.history


def test_a_run_of_another_version_has_none(tmp_path: Path) -> None:
    setup = prepared(_write(tmp_path, "{threshold: 0.3}", "{threshold: 0.3}"))
    state = setup.splits.preprocessing.to_dict()
    assert state.pop("thresholds") == {"spam": [0.3], "tags": [0.3]}
    assert type(setup.splits.preprocessing).from_dict(state).thresholds == {}


def test_without_validation_rows_there_is_nothing_to_choose_on(tmp_path: Path) -> None:
    spec = _write(tmp_path, "{best: f1}", "{threshold: 0.3}")
    with pytest.raises(SpecError, match="MS610"):
        prepared(spec, "data.split.validation=0")
    with pytest.raises(SpecError, match="MS610"):  # which only the data says
        prepared(spec, 'data.split={column: tags, values: {test: ["new,old"]}}')


def test_one_class_out_of_several_is_not_decided_by_a_threshold(tmp_path: Path) -> None:
    spec = _write(tmp_path, "{threshold: 0.3}", "{threshold: 0.3}")
    text = spec.read_text().replace("encode: multi_hot", "encode: one_hot")
    text = text.replace("units: 2", "units: 4")
    spec.write_text(text)
    data = (tmp_path / "mails.csv").read_text()
    (tmp_path / "mails.csv").write_text(data.replace(",\n", ",none\n").replace('"new,old"', "both"))
    codes = [each.code for each in examine(str(spec), data=True).report.errors]
    assert codes == ["MS610"]


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("{threshold: 0.3, best: f1}", "MS206", "say both"),
        ("{}", "MS202", "says neither"),
        ("{threshold: 3}", "MS204", "threshold"),
        ("{best: accuracy}", "MS206", "best"),
        ("{best: {precision: 0.9, recall: 0.9}}", "MS201", ""),
    ],
)
def test_a_decision_is_one_thing(written: str, code: str, said: str, tmp_path: Path) -> None:
    spec = _write(tmp_path, written, "{threshold: 0.3}")
    findings = list(examine(str(spec)).report)
    assert code in [each.code for each in findings], findings
    assert any(said in each.message for each in findings)
