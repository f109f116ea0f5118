"""Writes `random_keras.json.xz`: random functional models, and what Keras computes with them.

Run it in a venv of its own, from the repository's root:

    pip install keras jax numpy h5py
    KERAS_BACKEND=jax python -W ignore tests/golden/make_random_keras.py [FIRST COUNT FILE]

Without arguments the models of the seeds 0 to 299 are drawn. The file holds, for each seed: the
configuration that Keras saves; the shapes of the saved arrays by their paths; the inputs and the
outputs, by the names that they have in a spec. The arrays themselves are drawn from their paths
(`random_weights.py`), put into the saved file, and loaded by Keras, whose loaded model computes
the outputs.
"""

import io
import json
import lzma
import os
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from keras import layers, ops

sys.path.insert(0, str(Path(__file__).parent))
from random_weights import drawn

COUNT = 300
STEPS, WIDTH, WORDS = 4, 3, 5
BATCH = 2


class Draw:
    """Draws one model.

    Args:
        rng: What chooses.
        depth: How many models it lies in.
    """

    def __init__(self, rng: Any, depth: int = 0) -> None:
        self.rng = rng
        self.depth = depth
        self.words: list[Any] = []
        self.sequences: list[Any] = []
        self.vectors: list[Any] = []
        self.reusable: list[tuple[Any, str]] = []
        self.read: set[int] = set()

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, things: Any) -> Any:
        return things[int(self.rng.integers(len(things)))]

    def sequence(self) -> Any:
        """A sequence; the youngest are the likeliest."""
        if not self.sequences:
            self.embed()
        place = max(0, len(self.sequences) - 1 - int(self.rng.exponential(1.5)))
        found = self.sequences[place]
        self.read.add(id(found))
        return found

    def long(self) -> Any:
        """A sequence of `STEPS`."""
        fitting = [each for each in self.sequences if each.shape[1] == STEPS]
        found = self.pick(fitting[-3:])
        self.read.add(id(found))
        return found

    def vector(self) -> Any:
        if not self.vectors:
            self.vectors.append(layers.GlobalMaxPooling1D()(self.sequence()))
        found = self.pick(self.vectors[-4:])
        self.read.add(id(found))
        return found

    def embed(self) -> None:
        layer = layers.Embedding(WORDS, WIDTH, mask_zero=self.chance(0.8))
        word = self.pick(self.words) if self.words else None
        if word is None:
            self.sequences.append(layers.Masking()(layers.RepeatVector(STEPS)(self.vector())))
            return
        self.read.add(id(word))
        self.reusable.append((layer, "words"))
        self.sequences.append(layer(word))

    def keep(self, found: Any) -> None:
        (self.sequences if len(found.shape) == 3 else self.vectors).append(found)

    def plain(self) -> None:
        make = self.pick(
            [
                lambda: layers.Dense(WIDTH, activation="tanh"),
                lambda: layers.Dropout(0.3),
                lambda: layers.LayerNormalization(),
                lambda: layers.BatchNormalization(),
                lambda: layers.Activation("relu"),
                lambda: layers.Identity(),
                lambda: layers.ReLU(),
                lambda: layers.Rescaling(0.5, offset=0.1),
                lambda: layers.GaussianNoise(0.1),
                lambda: layers.Dense(WIDTH, activation=layers.LeakyReLU(0.2)),
                lambda: layers.SpatialDropout1D(0.2),
                lambda: layers.UnitNormalization(),
            ]
        )
        layer = make()
        where = self.sequence if self.chance(0.8) or "Spatial" in layer.name else self.vector
        if isinstance(layer, layers.SpatialDropout1D):
            where = self.sequence
        self.reusable.append((layer, "spatial" if where == self.sequence else "any"))
        self.keep(layer(where()))

    def masking(self) -> None:
        self.keep(layers.Masking(self.pick([0.0, 0.5]))(self.sequence()))

    def recurrent(self) -> None:
        kind = self.pick([layers.LSTM, layers.GRU, layers.SimpleRNN])
        options: dict[str, Any] = {
            "return_sequences": self.chance(0.6),
            "go_backwards": self.chance(0.2),
            "zero_output_for_mask": self.chance(0.3),
        }
        if self.chance(0.25):
            options["activation"] = self.pick(["relu", "sigmoid"])
        if kind is layers.GRU and self.chance(0.3):
            options["reset_after"] = False
        states = self.chance(0.25)
        layer = kind(WIDTH, return_state=states, **options)
        given = {}
        if self.chance(0.15):
            count = 2 if kind is layers.LSTM else 1
            given["initial_state"] = [self.vector() for _ in range(count)]
        found = layer(self.sequence(), **given)
        if not states:
            if not given:
                self.reusable.append((layer, "sequence"))
            self.keep(found)
            return
        for each in found:
            self.keep(each)

    def both_ways(self) -> None:
        kind = self.pick([layers.LSTM, layers.GRU])
        sequences = self.chance(0.6)
        mode = self.pick(["concat", "sum", "ave", "mul"])
        inner = kind(WIDTH, return_sequences=sequences, zero_output_for_mask=self.chance(0.2))
        layer = layers.Bidirectional(inner, merge_mode=mode)
        found = layer(self.sequence())
        if mode == "concat":
            found = layers.Dense(WIDTH)(found)
        else:
            self.reusable.append((layer, "sequence"))
        self.keep(found)

    def attention(self) -> None:
        kind = self.pick(["many", "many", "dot", "additive", "grouped"])
        query, value = self.sequence(), self.sequence()
        if self.chance(0.3):
            value = query
        causal = {"use_causal_mask": True} if self.chance(0.2) else {}
        if kind == "many":
            layer = layers.MultiHeadAttention(2, 2)
        elif kind == "grouped":
            layer = layers.GroupQueryAttention(2, 2, 1)
        elif kind == "dot":
            layer = layers.Attention(use_scale=self.chance(0.3))
        else:
            layer = layers.AdditiveAttention()
        if kind in ("many", "grouped"):
            if kind == "many" and self.chance(0.2):
                found = layer(query=query, value=value, key=self.same_length(value), **causal)
            else:
                found = layer(query, value, **causal)
                if not causal:
                    self.reusable.append((layer, "pair"))
        else:
            listed = [query, value]
            if self.chance(0.2):
                listed.append(self.same_length(value))
            found = layer(listed, **causal)
        self.keep(found)

    def same_length(self, value: Any) -> Any:
        fitting = [each for each in self.sequences if each.shape[1] == value.shape[1]]
        found = self.pick(fitting)
        self.read.add(id(found))
        return found

    def merge(self) -> None:
        names = ["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate"]
        name = self.pick(names)
        one = self.sequence() if self.chance(0.75) else self.vector()
        others = [self.same_length(one) if len(one.shape) == 3 else self.vector()]
        if name != "Subtract" and self.chance(0.25):
            others.append(self.same_length(one) if len(one.shape) == 3 else self.vector())
        if name == "Concatenate":
            if len(one.shape) == 3 and one.shape[1] == STEPS // 2 and len(others) == 1:
                self.keep(layers.Concatenate(axis=1)([one, *others]))
                return
            self.keep(layers.Dense(WIDTH)(layers.Concatenate()([one, *others])))
            return
        self.keep(getattr(layers, name)()([one, *others]))

    def operation(self) -> None:
        one = self.sequence() if self.chance(0.75) else self.vector()
        other = self.same_length(one) if len(one.shape) == 3 else self.vector()
        found = self.pick(
            [
                lambda: one + other,
                lambda: one * 0.5,
                lambda: ops.tanh(one),
                lambda: ops.maximum(one, other),
                lambda: 1.0 - one,
                lambda: ops.concatenate([one, other], axis=-1)[..., 1:4],
            ]
        )()
        self.keep(found)

    def to_vector(self) -> None:
        make = self.pick(
            [
                layers.GlobalAveragePooling1D,
                layers.GlobalMaxPooling1D,
                layers.Flatten,
                layers.GlobalAveragePooling1D,
                lambda: layers.TimeDistributed(layers.Dense(WIDTH, activation="tanh")),
            ]
        )
        layer = make()
        found = layer(self.sequence())
        if isinstance(layer, layers.Flatten):
            found = layers.Dense(WIDTH)(found)
        elif isinstance(layer, layers.TimeDistributed):
            self.reusable.append((layer, "sequence"))
        self.keep(found)

    def convolve(self) -> None:
        if self.chance(0.5):
            self.keep(layers.Conv1D(WIDTH, 2, padding="causal", activation="tanh")(self.long()))
        elif self.chance(0.5):
            self.keep(layers.AveragePooling1D(2)(self.long()))
        else:
            self.keep(layers.RepeatVector(STEPS)(self.vector()))

    def again(self) -> None:
        """A layer that was called before, called with something else."""
        if not self.reusable:
            return
        layer, kind = self.pick(self.reusable)
        if kind == "words":
            if self.words:
                word = self.pick(self.words)
                self.read.add(id(word))
                self.keep(layer(word))
        elif kind == "pair":
            self.keep(layer(self.sequence(), self.sequence()))
        elif kind in ("sequence", "spatial"):
            self.keep(layer(self.sequence()))
        else:
            self.keep(layer(self.vector()))

    def nested(self) -> None:
        """A model as a layer, called once or twice."""
        if self.depth >= 2:
            self.plain()
            return
        inner = Draw(self.rng, self.depth + 1)
        kinds = [self.pick(["sequence", "sequence", "words", "vector"])]
        if self.chance(0.4):
            kinds.append(self.pick(["sequence", "vector"]))
        model, kinds = inner.model(kinds)
        for _ in range(2 if self.chance(0.35) else 1):
            given: Any = [self.of_kind(kind) for kind in kinds]
            if any(each is None for each in given):
                return
            if isinstance(model._inputs_struct, dict):
                given = dict(zip(sorted(model._inputs_struct), given, strict=True))
            elif len(given) == 1:
                (given,) = given
            found = model(given)
            for each in keras.tree.flatten(found):
                self.keep(each)

    def of_kind(self, kind: str) -> Any:
        if kind == "words":
            if not self.words:
                return None
            word = self.pick(self.words)
            self.read.add(id(word))
            return word
        return self.long() if kind == "sequence" else self.vector()

    def chain(self) -> None:
        """A sequential model as a layer."""
        parts = [
            lambda: layers.Dense(WIDTH, activation="relu"),
            lambda: layers.Dropout(0.1),
            lambda: layers.LayerNormalization(),
            lambda: layers.GRU(WIDTH, return_sequences=True),
            lambda: layers.Activation("tanh"),
        ]
        model = keras.Sequential([self.pick(parts)() for _ in range(2)])
        if self.chance(0.3):
            inner = keras.Sequential([layers.Dense(WIDTH), layers.Activation("tanh")])
            self.keep(layers.TimeDistributed(inner)(self.long()))
            return
        for _ in range(2 if self.chance(0.3) else 1):
            self.keep(model(self.long()))

    def model(self, kinds: list[str]) -> tuple[Any, list[str]]:
        """A functional model of inputs of some kinds; the kinds in the order of its flat list."""
        inputs = []
        for kind in kinds:
            if kind == "words":
                shape, dtype = (STEPS,), "int32"
            else:
                shape, dtype = ((STEPS, WIDTH) if kind == "sequence" else (WIDTH,)), "float32"
            tensor = layers.Input(shape, dtype=dtype)
            inputs.append(tensor)
            {"words": self.words, "sequence": self.sequences, "vector": self.vectors}[kind].append(
                tensor
            )
        if self.words:
            self.embed()
        if not any(each.shape[1] == STEPS for each in self.sequences):
            self.sequences.append(layers.RepeatVector(STEPS)(self.vector()))
        if self.depth and not self.words and self.chance(0.3):
            self.masking()
        steps = [
            self.plain, self.plain, self.recurrent, self.recurrent, self.both_ways,
            self.attention, self.attention, self.attention, self.merge, self.merge,
            self.operation, self.to_vector, self.again, self.again, self.nested,
            self.masking, self.convolve, self.chain,
        ]  # fmt: skip
        for _ in range(int(self.rng.integers(2, 5 if self.depth else 11))):
            self.pick(steps)()
        return self._closed(inputs, kinds)

    def _closed(self, inputs: list[Any], kinds: list[str]) -> tuple[Any, list[str]]:
        made = [*self.sequences, *self.vectors]
        ends = [each for each in made if id(each) not in self.read and each not in inputs]
        ends = ends or [made[-1]]
        self.rng.shuffle(ends)
        ends = ends[: 2 if self.depth else 4]
        given: Any = inputs
        order = list(range(len(inputs)))
        if len(inputs) == 1:
            given = inputs[0]
        elif self.chance(0.4):
            keys = [f"k{9 - place}" for place in range(len(inputs))]
            given = dict(zip(keys, inputs, strict=True))
            order = sorted(order, key=lambda place: keys[place])
        result: Any = ends if len(ends) > 1 else ends[0]
        if len(ends) > 1 and self.chance(0.4):
            result = {f"z{9 - place}": each for place, each in enumerate(ends)}
            if self.chance(0.4):
                result = {"a": {"b": result.pop("z9")}, **result}
        with warnings.catch_warnings(action="ignore"):
            return keras.Model(given, result), [kinds[place] for place in order]


def names_of(structure: Any, path: tuple[str, ...] = ()) -> list[str]:
    """What the inputs and outputs of a saved structure are called in a spec."""
    if isinstance(structure, dict):
        found = [names_of(structure[key], (*path, key)) for key in sorted(structure)]
        return [name for each in found for name in each]
    if isinstance(structure[0], str):
        return ["_".join(path) or structure[0]]
    return [name for each in structure for name in names_of(each, path)]


def record(seed: int) -> dict[str, Any] | None:
    """One model, as it stands in the file; None where Keras does not load its own file."""
    keras.utils.clear_session()
    keras.backend.clear_session()
    rng = np.random.default_rng(seed)
    kinds = [
        ["words", "sequence", "vector"][int(rng.integers(3))] for _ in range(rng.integers(1, 4))
    ]
    if "words" not in kinds and rng.random() < 0.7:
        kinds[0] = "words"
    model, _ = Draw(rng).model(kinds)
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/model.keras"
        model.save(file)
        config, weights = _rewritten(file)
        with warnings.catch_warnings(action="ignore"):
            model = keras.models.load_model(file)
    given = []
    for tensor in model.inputs:
        shape = (BATCH, *tensor.shape[1:])
        if "int" in tensor.dtype:
            value = rng.integers(0, WORDS, shape)
            value[:, int(rng.integers(STEPS))] = 1
        else:
            value = np.round(rng.normal(size=shape), 2)
            if len(shape) == 3:
                value[0, 1 + int(rng.integers(STEPS - 1))] = 0.0
        given.append(value)
    tensors = [np.asarray(v, t.dtype) for v, t in zip(given, model.inputs, strict=True)]
    packed = keras.tree.pack_sequence_as(model._inputs_struct, tensors)
    with warnings.catch_warnings(action="ignore"):
        found = keras.tree.flatten(model(packed, training=False))
    own = config["config"]
    outputs = [ops.convert_to_numpy(each) for each in found]
    if not all(np.isfinite(each).all() for each in outputs):
        return None
    return {
        "seed": seed,
        "config": config,
        "weights": weights,
        "inputs": {
            name: value.tolist()
            for name, value in zip(names_of(own["input_layers"]), given, strict=True)
        },
        "outputs": [
            [list(each.shape), [float(f"{number:.7g}") for number in each.ravel()]]
            for each in outputs
        ],
        "names": _unlike(names_of(own["output_layers"])),
    }


def _unlike(names: list[str]) -> list[str]:
    """The names, the second of the same with `_2` behind it."""
    found: list[str] = []
    for name in names:
        number, fresh = 1, name
        while fresh in found:
            number += 1
            fresh = f"{name}_{number}"
        found.append(fresh)
    return found


def _rewritten(file: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Put drawn arrays into a saved model; its configuration and the shapes of the arrays."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    shapes: dict[str, list[int]] = {}
    stream = io.BytesIO(members["model.weights.h5"])
    with h5py.File(stream, "r+") as saved:

        def put(path: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset) and item.dtype.kind == "f":
                shapes[path] = list(item.shape)
                item[...] = drawn(path, item.shape)

        saved.visititems(put)
    members["model.weights.h5"] = stream.getvalue()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    config = json.loads(members["config.json"])
    return {key: config[key] for key in ("module", "class_name", "config")}, shapes


def main(first: int, count: int, file: str) -> None:
    found = []
    for seed in range(first, first + count):
        try:
            made = record(seed)
        except Exception as error:
            if os.environ.get("RAISE"):
                raise
            print(seed, type(error).__name__, str(error)[:200].replace("\n", " "))
            continue
        if made is not None:
            found.append(made)
    text = json.dumps(found, separators=(",", ":"))
    Path(file).write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(len(found), "models", len(text), "bytes", Path(file).stat().st_size, "compressed")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    else:
        main(0, COUNT, str(Path(__file__).with_name("random_keras.json.xz")))
