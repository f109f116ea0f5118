"""The ten models as a Keras tutorial writes them (functional API)."""

from definitions import BCE, CCE, MSE, WORKLOADS
from keras import Model, layers, losses, optimizers


def mlp(x):
    h = layers.Dense(32, activation="relu", name="dense1")(x["x"])
    h = layers.Dense(32, activation="relu", name="dense2")(h)
    return {"out": layers.Dense(10, activation="softmax", name="out")(h)}


def qa(x):
    t = layers.Embedding(10000, 64, name="text_embedding")(x["text"])
    t = layers.LSTM(32, name="text_lstm")(t)
    q = layers.Embedding(10000, 32, name="question_embedding")(x["question"])
    q = layers.LSTM(16, name="question_lstm")(q)
    both = layers.concatenate([t, q])
    return {"answer": layers.Dense(500, activation="softmax", name="answer")(both)}


def social(x):
    h = layers.Embedding(50000, 256, name="embedding")(x["posts"])
    h = layers.Conv1D(128, 5, activation="relu", name="conv1")(h)
    h = layers.MaxPooling1D(5)(h)
    h = layers.Conv1D(256, 5, activation="relu", name="conv2")(h)
    h = layers.Conv1D(256, 5, activation="relu", name="conv3")(h)
    h = layers.MaxPooling1D(5)(h)
    h = layers.Conv1D(256, 5, activation="relu", name="conv4")(h)
    h = layers.Conv1D(256, 5, activation="relu", name="conv5")(h)
    h = layers.GlobalMaxPooling1D()(h)
    h = layers.Dense(128, activation="relu", name="dense")(h)
    return {
        "age": layers.Dense(1, name="age")(h),
        "income": layers.Dense(10, activation="softmax", name="income")(h),
        "gender": layers.Dense(1, activation="sigmoid", name="gender")(h),
    }


def siamese(x):
    lstm = layers.LSTM(32, name="lstm")
    merged = layers.concatenate([lstm(x["a"]), lstm(x["b"])])
    return {"out": layers.Dense(1, activation="sigmoid", name="out")(merged)}


def mnist_cnn(x):
    h = layers.Conv2D(32, 3, activation="relu", name="conv1")(x["x"])
    h = layers.Conv2D(64, 3, activation="relu", name="conv2")(h)
    h = layers.MaxPooling2D(2)(h)
    h = layers.Dropout(0.25)(h)
    h = layers.Flatten()(h)
    h = layers.Dense(128, activation="relu", name="dense")(h)
    h = layers.Dropout(0.5)(h)
    return {"out": layers.Dense(10, activation="softmax", name="out")(h)}


def inception(x):
    def conv(name, size, strides=1):
        return layers.Conv2D(
            128, size, strides=strides, padding="same", activation="relu", name=name
        )

    x = x["x"]
    a = conv("a", 1, 2)(x)
    b = conv("b2", 3, 2)(conv("b1", 1)(x))
    c = conv("c", 3)(layers.AveragePooling2D(3, strides=2, padding="same")(x))
    d = conv("d3", 3, 2)(conv("d2", 3)(conv("d1", 1)(x)))
    h = layers.GlobalAveragePooling2D()(layers.concatenate([a, b, c, d]))
    return {"out": layers.Dense(10, activation="softmax", name="out")(h)}


def residual(x):
    h = layers.Conv2D(64, 3, padding="same", activation="relu", name="stem")(x["x"])
    for i in range(3):
        r = layers.Conv2D(64, 3, padding="same", name=f"conv{i}a")(h)
        r = layers.BatchNormalization(name=f"bn{i}a")(r)
        r = layers.ReLU()(r)
        r = layers.Conv2D(64, 3, padding="same", name=f"conv{i}b")(r)
        r = layers.BatchNormalization(name=f"bn{i}b")(r)
        h = layers.ReLU()(layers.add([h, r]))
    h = layers.GlobalAveragePooling2D()(h)
    return {"out": layers.Dense(10, activation="softmax", name="out")(h)}


def imdb_conv1d(x):
    h = layers.Embedding(2000, 128, name="embedding")(x["x"])
    h = layers.Conv1D(32, 7, activation="relu", name="conv1")(h)
    h = layers.MaxPooling1D(5)(h)
    h = layers.Conv1D(32, 7, activation="relu", name="conv2")(h)
    h = layers.GlobalMaxPooling1D()(h)
    return {"out": layers.Dense(1, activation="sigmoid", name="out")(h)}


def seq2seq(x):
    _, h, c = layers.LSTM(256, return_state=True, name="encoder_lstm")(x["encoder"])
    decoder = layers.LSTM(256, return_sequences=True, name="decoder_lstm")
    states = decoder(x["decoder"], initial_state=[h, c])
    return {"out": layers.Dense(90, activation="softmax", name="out")(states)}


def wide_deep(x):
    wide = layers.Dense(1, name="wide")(x["x"])
    h = layers.Dense(64, activation="relu", name="deep1")(x["x"])
    h = layers.Dense(64, activation="relu", name="deep2")(h)
    deep = layers.Dense(1, name="deep3")(h)
    return {"out": layers.Activation("sigmoid")(layers.add([wide, deep]))}


NETWORKS = (
    mlp, qa, social, siamese, mnist_cnn, inception, residual, imdb_conv1d, seq2seq, wide_deep
)  # fmt: skip
LOSSES = {
    CCE: losses.CategoricalCrossentropy, BCE: losses.BinaryCrossentropy,
    MSE: losses.MeanSquaredError,
}  # fmt: skip
OPTIMIZERS = {
    "rmsprop": optimizers.RMSprop, "adam": optimizers.Adam, "adadelta": optimizers.Adadelta
}  # fmt: skip


def build(name, steps_per_execution):
    """The compiled model."""
    workload = WORKLOADS[name]
    inputs = {
        each: layers.Input(
            (*given.shape, given.size) if given.kind == "onehot" else given.shape,
            dtype="int32" if given.kind == "token" else "float32",
            name=each,
        )
        for each, given in workload.inputs.items()
    }
    network = next(each for each in NETWORKS if each.__name__ == name)
    model = Model(inputs, network(inputs))
    model.compile(
        optimizer=OPTIMIZERS[workload.optimizer](learning_rate=workload.learning_rate),
        loss={each: LOSSES[output.loss]() for each, output in workload.outputs.items()},
        loss_weights={each: output.weight for each, output in workload.outputs.items()},
        steps_per_execution=steps_per_execution,
    )
    return model
