"""Text becomes rows of ids, and ids text again."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data import LazyArray, Preprocessing, encode_file
from modelspec.data.features.text import Text
from modelspec.data.features.tokens import PADDING, UNKNOWN, Vocabulary, most_frequent
from modelspec.diagnostics import Report
from tests.data.worlds import world

REVIEWS = ["Good, good film!", "bad film", "a GOOD one"]


def reviews(folder, feature="{type: text}", dims=(6,), texts=REVIEWS, split="{}", dtype="int64"):
    pl.DataFrame({"body": texts}).write_csv(folder / "a.csv")
    section = f"file: a.csv\nsplit: {split}\nfeatures: {{body: {feature}}}"
    return world(folder, section, {"body": (list(dims), dtype)}, {})


def ids(splits):
    values = splits.train.inputs["body"]
    return values.take(np.arange(len(values))) if isinstance(values, LazyArray) else values


def test_words_by_their_frequency(tmp_path):
    splits = reviews(tmp_path).splits()
    feature = splits.preprocessing.features["body"]
    assert feature.tokens == ("good", "film", "!", ",", "a", "bad", "one")
    assert ids(splits).tolist() == [[2, 5, 2, 3, 4, 0], [7, 3, 0, 0, 0, 0], [6, 2, 8, 0, 0, 0]]
    assert ids(splits).dtype == np.int64


@pytest.mark.parametrize(
    ("settings", "row"),
    [
        ("length: 3", [2, 5, 2]),
        ("length: 3, truncate: start", [2, 3, 4]),
        ("length: 6, pad: start", [0, 2, 5, 2, 3, 4]),
        ("vocabulary: 4", [2, 1, 2, 3, 1, 0]),
        ("lower: false", [6, 4, 9, 2, 3, 0]),
    ],
)
def test_settings(tmp_path, settings, row):
    splits, found = reviews(tmp_path, f"{{type: text, {settings}}}", [len(row)]).load()
    assert all(finding.code == "MS810" for finding in found)
    assert ids(splits)[0].tolist() == row


def test_an_open_length_is_that_of_the_batch(tmp_path):
    values = reviews(tmp_path, dims=["T"]).splits().train.inputs["body"]
    assert isinstance(values, LazyArray)
    assert values.lengths.tolist() == [5, 2, 3]
    assert values.take(np.array([1])).tolist() == [[7, 3]]
    assert values.take(np.array([1, 2])).shape == (2, 3)


def test_sequences_of_one_symbol_are_equally_long(tmp_path):
    pl.DataFrame({"a": ["x y", "x"], "b": ["x", "x y z"]}).write_csv(tmp_path / "a.csv")
    section = "file: a.csv\nfeatures: {a: {type: text}, b: {type: text}}"
    inputs = {"a": (["T"], "int64"), "b": (["T"], "int64")}
    train = world(tmp_path, section, inputs, {}).splits().train
    batch, _ = train.batch(np.array([0]))
    assert batch["a"].shape == batch["b"].shape == (1, 2)


def test_the_vocabulary_is_that_of_the_training_rows(tmp_path):
    texts = [f"word{row} shared" for row in range(20)]
    splits = reviews(tmp_path, texts=texts, split="{test: 0.5}").splits()
    tokens = splits.preprocessing.features["body"].tokens
    assert len(tokens) == 11
    assert splits.test.inputs["body"][:, 0].tolist() == [UNKNOWN] * 10


def test_characters_with_marks_for_a_decoder(tmp_path):
    common = 'type: text, column: iso, tokenizer: character, start: "\\t", stop: "\\n"'
    section = (
        f"file: a.csv\nfeatures:\n  fed: {{{common}, drop: last}}\n  out: {{{common}, drop: first}}"
    )
    pl.DataFrame({"iso": ["ab", "b"]}).write_csv(tmp_path / "a.csv")
    spec = world(
        tmp_path,
        section,
        {"fed": (["T"], "int64")},
        {"out": (["T", 6], "sparse_categorical_crossentropy")},
    )
    splits = spec.splits()
    inputs, targets = splits.train.batch(np.arange(2))
    start, stop, b, a = 2, 3, 4, 5
    assert inputs["fed"].tolist() == [[start, a, b], [start, b, PADDING]]
    assert targets["out"].tolist() == [[a, b, stop], [b, stop, PADDING]]
    likely = np.eye(6)[targets["out"]]
    assert splits.preprocessing.decode("out", likely)["out"].tolist() == ["ab", "b"]


def test_new_rows_by_the_kept_vocabulary(tmp_path):
    spec = reviews(tmp_path)
    kept = Preprocessing.from_dict(json.loads(json.dumps(spec.splits().preprocessing.to_dict())))
    pl.DataFrame({"body": ["good news"]}).write_csv(tmp_path / "b.csv")
    report = Report()
    arrays = encode_file(kept, spec.settings, spec.graph, tmp_path / "b.csv", report, targets=False)
    assert arrays.inputs["body"].tolist() == [[2, UNKNOWN, 0, 0, 0, 0]]


def test_a_tokenizers_file(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"[PAD]": 0, "[UNK]": 1, "film": 2, "bad": 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "words.json"))
    splits = reviews(tmp_path, "{type: text, tokenizer: words.json}").splits()
    assert ids(splits)[1].tolist() == [3, 2, 0, 0, 0, 0]
    (tmp_path / "words.json").unlink()
    assert splits.preprocessing.features["body"].read([3, 2, 0]) == "bad film"


@pytest.mark.parametrize(
    ("settings", "options", "code", "words"),
    [
        ("tokenizer: wrod", {}, "MS801", "wrod` cannot be read as a tokenizer"),
        ("tokenizer: a.csv", {}, "MS801", "a.csv` cannot be read as a tokenizer"),
        ("length: 4", {}, "MS805", "`body` has rows of `[4]`"),
        ("lower: true", {"dtype": "float32"}, "MS506", "text becomes integers"),
        ("lower: true", {"texts": ["a", " "]}, "MS803", "has no value at line 3"),
    ],
)
def test_findings(tmp_path, settings, options, code, words):
    finding = reviews(tmp_path, f"{{type: text, {settings}}}", **options).finding()
    assert (finding.code, words in finding.message) == (code, True), finding.message


def test_missing_text_can_be_given(tmp_path):
    feature = '{type: text, missing: constant, fill: "film"}'
    splits = reviews(tmp_path, feature, texts=["a film", " "]).splits()
    assert ids(splits)[1].tolist() == [2, 0, 0, 0, 0, 0]


@given(st.lists(st.text(max_size=20), min_size=1), st.sampled_from(["word", "character"]))
def test_what_has_an_id_comes_back(texts, kind):
    vocabulary = Vocabulary(kind, most_frequent(texts, kind, lower=False), lower=False)
    found, sizes = vocabulary.ids(texts)
    assert UNKNOWN not in found
    assert PADDING not in found
    for text, row in zip(texts, np.split(found, np.cumsum(sizes)[:-1]), strict=True):
        expected = text if kind == "character" else " ".join(vocabulary.split(text))
        assert vocabulary.text(row.tolist()) == expected


def test_the_state_is_json():
    feature = Text(("body",), tokens=("a", "b"), start="\t")
    assert Text.from_dict(json.loads(json.dumps(feature.to_dict()))) == feature
