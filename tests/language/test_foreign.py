"""What people of Keras, PyTorch, scikit-learn and Lightning write, and where it leads them."""

from typing import TYPE_CHECKING

import pytest

from modelspec.language import advice
from modelspec.language.data import DataSection
from modelspec.language.decode import DecodeSection
from modelspec.language.features import TYPES
from modelspec.language.foreign import arguments, keys, layer_types, names, values
from modelspec.language.output_section import OutputSection
from modelspec.language.sections import InputSection, SpecSection
from modelspec.language.split import Split
from modelspec.language.train import TrainSection
from modelspec.language.tune import FloatRange, IntRange, TuneSection
from modelspec.layers import registry
from modelspec.schema import json_schema
from modelspec.training import callbacks, losses, metrics, optimizers, schedules

from .reading import chain, finding, fixed, read_text

if TYPE_CHECKING:
    from modelspec.language.foreign.spelling import Words

LAYER = "inputs: {{x: [8, 8]}}\nlayers: {{a: {{{0}}}}}\noutputs: [a]\n"
OUTPUT = "inputs: {{x: [8]}}\nlayers: {{a: {{type: Dense, units: 1}}}}\noutputs: {{a: {{{0}}}}}\n"


FEATURE = """\
inputs: {{x: [8]}}
layers: {{a: {{type: Dense, units: 1}}}}
outputs: [a]
data: {{file: t.csv, features: {{x: {0}}}}}
"""


def help_of(text: str, *overrides: str) -> list[str]:
    return [found.help for found in read_text(text, *overrides)[1]]


@pytest.mark.parametrize(
    ("layer", "word", "meant"),
    [
        ("Dense", "out_features", "units"),
        ("Dense", "num_units", "units"),
        ("Dense", "activation_fn", "activation"),
        ("Dense", "bias", "use_bias"),
        ("LSTM", "hidden_size", "units"),
        ("LSTM", "return_seq", "return_sequences"),
        ("Conv1D", "out_channels", "filters"),
        ("Conv1D", "kernel", "kernel_size"),
        ("Conv1D", "stride", "strides"),
        ("Conv1D", "border_mode", "padding"),
        ("Conv1D", "dilation", "dilation_rate"),
        ("MaxPooling1D", "kernel_size", "pool_size"),
        ("Dropout", "p", "rate"),
        ("Dropout", "dropout_rate", "rate"),
        ("Embedding", "num_embeddings", "input_dim"),
        ("Embedding", "embedding_dim", "output_dim"),
        ("LayerNormalization", "eps", "epsilon"),
        ("MultiHeadAttention", "nhead", "num_heads"),
        ("LeakyReLU", "alpha", "negative_slope"),
        ("Reshape", "shape", "target_shape"),
        ("Concatenate", "dim", "axis"),
        ("Bidirectional", "module", "layer"),
    ],
)
def test_arguments_of_layers(layer: str, word: str, meant: str) -> None:
    found = read_text(LAYER.format(f"type: {layer}, {word}: 3"))[1]
    assert f"did you mean `{meant}`?" in [each.help for each in found]


@pytest.mark.parametrize("word", ["in_features", "in_channels", "input_size", "input_shape"])
def test_sizes_of_inputs_are_worked_out(word: str) -> None:
    help = finding(LAYER.format(f"type: Dense, units: 3, «{word}»: 3")).help
    assert help.startswith("shapes are declared at `inputs`")


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("type: Dense, units: 3, «frozen»: true", "write `trainable: false`"),
        ("type: LSTM, units: 3, «bidirectional»: true", "wrap the layer"),
        ("type: LSTM, units: 3, «num_layers»: 2", "chain copies: `repeat: 2`"),
        ("type: Dropout, rate: 0.1, «keep_prob»: 0.9", "`rate` is the share that is dropped"),
    ],
)
def test_words_of_another_sense_are_not_renamed(text: str, help: str) -> None:
    found = finding(LAYER.format(text))
    assert help in found.help
    assert found.fix is None


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lr", "learning_rate"),
        ("learning_rate_init", "learning_rate"),
        ("n_epochs", "epochs"),
        ("max_epochs", "epochs"),
        ("batchsize", "batch_size"),
        ("random_state", "seed"),
        ("max_grad_norm", "gradient_clip"),
        ("accumulate_grad_batches", "accumulate"),
        ("mixed_precision", "precision"),
        ("pretrained", "weights"),
        ("max_time", "time_limit"),
        ("optim", "optimizer"),
    ],
)
def test_keys_of_train(word: str, meant: str) -> None:
    found = finding(chain("a: Flatten", f"train: {{«{word}»: 1}}"))
    assert found.help == f"did you mean `{meant}`?"
    given = finding(chain("a: Flatten", "train: {epochs: 3, «n_epochs»: 3}"))
    assert given.help == "did you mean `epochs`, which is given too?"


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("early_stopping", "callbacks: [{type: early_stopping"),
        ("reduce_on_plateau", "callbacks: [reduce_lr_on_plateau]"),
        ("lr_scheduler", "`learning_rate` takes a schedule"),
        ("weight_decay", "`optimizer: {type: adamw, weight_decay: ...}`"),
        ("val_split", "split: {validation: 0.1}"),
        ("loss", "outputs: {answer: {loss: mse}}"),
    ],
)
def test_what_train_has_elsewhere(word: str, help: str) -> None:
    assert help in finding(chain("a: Flatten", f"train: {{«{word}»: 1}}")).help


@pytest.mark.parametrize(
    ("word", "meant"),
    [("loss_weight", "weight"), ("criterion", "loss"), ("class_weights", "class_weight")],
)
def test_keys_of_outputs(word: str, meant: str) -> None:
    assert f"did you mean `{meant}`?" in help_of(OUTPUT.format(f"{word}: 1"))


@pytest.mark.parametrize(
    ("section", "word", "meant"),
    [
        ("split: {{{}: 0.2}}", "val_size", "validation"),
        ("split: {{{}: 0.2}}", "test_size", "test"),
        ("split: {{{}: a}}", "stratified", "stratify"),
        ("{}: d.csv", "val", "validation"),
        ("features: {{x: {{{}: mean}}}}", "impute", "missing"),
        ("features: {{x: {{{}: 0}}}}", "imputer", "missing"),
        ("features: {{x: {{{}: 0}}}}", "fillna", "missing"),
        ("features: {{x: {{{}: true}}}}", "median", "missing"),
        ("features: {{x: {{{}: [x]}}}}", "na_values", "missing_values"),
        ("features: {{x: {{{}: true}}}}", "add_indicator", "indicator"),
        ("features: {{x: {{type: number, {}: 3}}}}", "winsorize", "clip"),
        ("{}: [x]", "na_values", "missing_values"),
        ("features: {{x: {{{}: standard}}}}", "scaler", "normalize"),
        ("features: {{x: {{type: text, {}: 3}}}}", "maxlen", "length"),
    ],
)
def test_keys_of_data(section: str, word: str, meant: str) -> None:
    written = section.format(word)
    found = help_of(chain("a: Flatten", f"data: {{file: d.csv, {written}}}"))
    assert f"did you mean `{meant}`?" in found


@pytest.mark.parametrize(
    ("kind", "word", "meant"),
    [
        ("loss", "cross_entropy", "categorical_crossentropy"),
        ("loss", "CrossEntropyLoss", "categorical_crossentropy"),
        ("loss", "BCEWithLogitsLoss", "binary_crossentropy"),
        ("loss", "l1", "mae"),
        ("loss", "MSELoss", "mse"),
        ("loss", "smooth_l1", "huber"),
        ("metric", "f1", "f1_score"),
        ("metric", "r2", "r2_score"),
        ("metric", "auroc", "auc"),
        ("metric", "roc_auc_score", "auc"),
        ("metric", "acuracy", "accuracy"),
        ("metric", "accuracy_score", "accuracy"),
        ("metric", "top5", "top_k_categorical_accuracy"),
    ],
)
def test_names_of_losses_and_metrics(kind: str, word: str, meant: str) -> None:
    entry = f"loss: {word}" if kind == "loss" else f"loss: mse, metrics: [{word}]"
    assert f"did you mean `{meant}`?" in help_of(OUTPUT.format(entry))


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("optimizer: adam_w", "adamw"),
        ("learning_rate: {type: CosineAnnealingLR}", "cosine_decay"),
        ("learning_rate: {type: StepLR}", "piecewise_constant_decay"),
        ("callbacks: [ModelCheckpoint]", "checkpoint"),
        ("callbacks: [early_stop]", "early_stopping"),
        ("callbacks: [reduce_on_plateau]", "reduce_lr_on_plateau"),
        ("callbacks: [StochasticWeightAveraging]", "ema"),
        ("precision: bf16-mixed", "bfloat16"),
    ],
)
def test_names_under_train(entry: str, meant: str) -> None:
    found = help_of(chain("a: Flatten", f"train: {{{entry}}}"))
    assert f"did you mean `{meant}`?" in found


@pytest.mark.parametrize("key", ["epochs", "n_epochs"])
def test_a_key_at_the_top_leads_to_its_section(key: str) -> None:
    assert finding(chain("a: Flatten"), f"{key}=3").help == "did you mean `train.epochs`?"
    text = chain("a: Flatten", f"«{key}»: 3")
    assert finding(text).help == "it stands elsewhere: `train.epochs`"


def test_an_override_may_name_what_is_given() -> None:
    text = chain("a: Flatten", "train: {learning_rate: 0.1}")
    assert finding(text, "train.lr=0.2").help == "did you mean `learning_rate`?"


@pytest.mark.parametrize("word", ["None", "none", "nil", "NaN", "'None'"])
def test_nothing_is_null(word: str) -> None:
    activation = finding(chain(f"a: {{type: Dense, units: 3, activation: «{word}»}}"))
    assert activation.help == f"`{word.strip(chr(39))}` is text here: write `null`"


@pytest.mark.parametrize(
    ("entry", "key", "way"),
    [("units: None", "units", "needs a value"), ("units: 3, use_bias: None", "use_bias", "may be")],
)
def test_nothing_where_null_is_no_value(entry: str, key: str, way: str) -> None:
    (help,) = help_of(chain(f"a: {{type: Dense, {entry}}}"))
    assert help.startswith(f"`None` is text here; `{key}` {way}")


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("missing: «most_frequent»", "mode"),
        ("missing: «average»", "mean"),
        ("normalize: «RobustScaler»", "robust"),
        ("normalize: {x: «zscore»}", "standard"),
        ("format: «percentage»", "percent"),
    ],
)
def test_choices_of_numbers(entry: str, meant: str) -> None:
    feature = f"data: {{file: d.csv, features: {{x: {{type: number, {entry}}}}}}}"
    assert finding(chain("a: Flatten", feature)).help == f"did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("written", "mapping"),
    [
        ("Dense(3)", "{type: Dense, units: 3}"),
        ("Dense(units=3)", "{type: Dense, units: 3}"),
        ("\"keras.layers.Dense(3, 'relu')\"", "{type: Dense, units: 3, activation: relu}"),
        ('"Dense(3, activation_fn=None)"', "{type: Dense, units: 3, activation: null}"),
    ],
)
def test_a_layer_is_not_called(written: str, mapping: str) -> None:
    assert mapping in fixed(chain("a: {type: Dense, units: 3}, b: «" + written + "»"))


@pytest.mark.parametrize("written", ["nn.Linear(10, 3)", "Dense(x)", "Dense(3, __import__('os'))"])
def test_what_cannot_be_read_off_a_call_is_left_to_the_reader(written: str) -> None:
    found = finding(chain(f'a: «"{written}"»'))
    assert found.help == "write `{type: Dense, ...}`, with its arguments as keys"
    assert found.fix is None


@pytest.mark.parametrize("name", ["shared", "block", "type"])
def test_what_is_no_node_leads_to_one(name: str) -> None:
    used = {"shared": "enc", "block": "res", "type": "Dense"}[name]
    found = finding(
        "inputs: {x: [8]}\nshared: {enc: Flatten}\n"
        "blocks: {res: {inputs: [i], layers: {d: Flatten}, outputs: [d]}}\n"
        f"layers: {{s: {{use: enc}}, y: Flatten}}\nedges:\n  - x -> s -> «{used}» -> y\n"
        "outputs: [y]\n"
    )
    assert found.help.startswith(f"`{used}` is a ")
    assert f"use: {used}" in found.help or f"type: {used}" in found.help


SECTIONS = {
    "_SPEC": (SpecSection,),
    "_INPUT": (InputSection,),
    "_OUTPUT": (OutputSection,),
    "_DECODE": (DecodeSection,),
    "_TRAIN": (TrainSection,),
    "_TUNE": (TuneSection,),
    "_RANGE": (IntRange, FloatRange),
    "_DATA": (DataSection,),
    "_SPLIT": (Split,),
    "_FEATURE": tuple(TYPES.values()),
    "_LAYER": tuple(filter(None, map(registry.find, registry.names()))),
    "_OPTIMIZER": tuple(optimizers.classes().values()),
    "_SCHEDULE": tuple(schedules.classes().values()),
    "_CALLBACK": tuple(callbacks.classes().values()),
    "_LOSS": tuple(losses.classes().values()),
    "_METRIC": tuple(metrics.classes().values()),
}


@pytest.mark.parametrize("table", SECTIONS)
def test_tables_lead_to_keys_that_there_are(table: str) -> None:
    declared = SECTIONS[table]
    fields = {f.alias or name for cls in declared for name, f in cls.model_fields.items()}
    found: Words = getattr(keys, table, None) or getattr(arguments, table[1:])
    assert {name for meant in found.values() for name in meant} <= fields
    if len(declared) == 1:
        assert not found.keys() & fields, "a word of our own needs no translation"


@pytest.mark.parametrize(
    ("table", "registry"),
    [
        ("_LOSSES", losses),
        ("_METRICS", metrics),
        ("_OPTIMIZERS", optimizers),
        ("_SCHEDULES", schedules),
        ("_CALLBACKS", callbacks),
    ],
)
def test_tables_lead_to_names_that_there_are(table: str, registry: object) -> None:
    found: Words = getattr(names, table)
    assert {name for meant in found.values() for name in meant} <= set(registry.names())  # type: ignore[attr-defined]


def test_types_and_choices_lead_to_what_there_is() -> None:
    assert set(layer_types.FOREIGN_TYPES.values()) <= set(registry.names())
    known = str(json_schema())
    for meant in values._CHOICES.values():
        assert all(f"'{choice}'" in known for choice in meant), meant


def test_advice_is_for_keys_that_are_none() -> None:
    for table, cls in (
        (advice._OF_TRAIN, TrainSection),
        (advice._OF_OUTPUTS, OutputSection),
        (advice._OF_INPUTS, InputSection),
    ):
        assert not table.keys() & cls.model_fields.keys()


@pytest.mark.parametrize(
    ("feature", "help"),
    [
        ("{parts: [year]}", "`parts` is a key of `type: date`"),
        ("{dayfirst: true}", "`day_first` is a key of `type: date`"),
        ("{vocab_size: 30}", "`vocabulary` is a key of `type: text`"),
        ("{max_length: 3}", "`length` is a key of `type: text` or `type: sequence`"),
        ("{type: number, padding: post}", "`pad` is a key of `type: text` or `type: sequence`"),
        ("{type: text, channels: 3}", "`channels` is a key of `type: image`"),
        ("{type: date, encode: index}", "`encode` is a key of `type: category`"),
        ("{type: image, height: 3}", "did you mean `size`?"),
        ("{missing_value_strategy: fill_with_mean}", "did you mean `missing`?"),
        ("{missing: fill_with_mean}", "did you mean `mean`?"),
        ("{type: category, unknown: infrequent_if_exist}", "did you mean `other`?"),
        ("{type: category, unknown: use_encoded_value}", "did you mean `ignore`?"),
    ],
)
def test_keys_of_features(feature: str, help: str) -> None:
    assert help_of(FEATURE.format(feature)) == [help]


def test_an_override_within_a_column_says_what_to_set() -> None:
    found = help_of(FEATURE.format("a"), "data.features.x.missing=mean")
    assert found == ["set `data.features.x` itself, to a mapping that has `missing`"]
