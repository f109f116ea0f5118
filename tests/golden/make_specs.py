"""Write `specs.json`: what Keras counts in the counterparts of `specs/`.

Run it where Keras is installed (`pip install keras jax`), never in the project's environment:

    KERAS_BACKEND=jax python tests/golden/make_specs.py

Each counterpart is written with Keras's functional API, independently of the specs.
"""

import json
import math
from pathlib import Path
from typing import Any

import keras
from keras import Input, Model, layers

TARGET = Path(__file__).with_name("specs.json")


def sequential() -> Model:
    return keras.Sequential(
        [
            Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def digits() -> Model:
    image = Input((8, 8, 1))
    stem = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
    conv = layers.Conv2D(32, 3, padding="same", activation="relu")(stem)
    x = layers.MaxPooling2D(2)(layers.add([stem, conv]))
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Dropout(0.4)(layers.Flatten()(x))
    return Model(image, layers.Dense(10, activation="softmax")(x))


def digits_wide_deep() -> Model:
    image = Input((8, 8, 1))
    wide = layers.Flatten()(image)
    x = layers.Dropout(0.3)(layers.Dense(128, activation="relu")(wide))
    x = layers.Dropout(0.3)(layers.Dense(64, activation="relu")(x))
    x = layers.concatenate([wide, x])
    return Model(image, layers.Dense(10, activation="softmax")(x))


def digits_tune() -> Model:
    image = Input((8, 8, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(16, 3, activation="relu")(image))
    x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
    return Model(image, layers.Dense(10, activation="softmax")(layers.Dropout(0.2)(x)))


def weighted_ensemble() -> Model:
    image = Input((8, 8, 1))
    said = [digits()(image), digits_wide_deep()(image)]
    return Model(image, layers.average(said))


def qa() -> Model:
    story, question = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    left = layers.LSTM(32)(layers.Embedding(10000, 64)(story))
    right = layers.LSTM(16)(layers.Embedding(10000, 32)(question))
    answer = layers.Dense(500, activation="softmax")(layers.concatenate([left, right], axis=-1))
    return Model([story, question], answer)


def social() -> Model:
    posts = Input((None,), dtype="int32")
    x = layers.Conv1D(128, 5, activation="relu")(layers.Embedding(50000, 256)(posts))
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.MaxPooling1D(5)(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Conv1D(256, 5, activation="relu")(x)
    x = layers.Dense(128, activation="relu")(layers.GlobalMaxPooling1D()(x))
    age = layers.Dense(1)(x)
    income = layers.Dense(10, activation="softmax")(x)
    return Model(posts, [age, income, layers.Dense(1, activation="sigmoid")(x)])


def siamese_lstm() -> Model:
    left, right = Input((None, 128)), Input((None, 128))
    encoder = layers.LSTM(32)
    merged = layers.concatenate([encoder(left), encoder(right)], axis=-1)
    return Model([left, right], layers.Dense(1, activation="sigmoid")(merged))


def inception_block() -> Model:
    x = Input((64, 64, 3))

    def conv(size: int, strides: int = 1) -> layers.Layer:
        return layers.Conv2D(128, size, strides=strides, padding="same", activation="relu")

    a = conv(1, 2)(x)
    b = conv(3, 2)(conv(1)(x))
    c = conv(3)(layers.AveragePooling2D(3, strides=2, padding="same")(x))
    d = conv(3, 2)(conv(3)(conv(1)(x)))
    joined = layers.concatenate([a, b, c, d], axis=-1)
    return Model(x, layers.Dense(10)(layers.GlobalAveragePooling2D()(joined)))


def residual() -> Model:
    image = Input((32, 32, 3))
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(image)
    for _ in range(3):
        y = layers.Conv2D(64, 3, padding="same", use_bias=False)(x)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.BatchNormalization()(layers.Conv2D(64, 3, padding="same", use_bias=False)(y))
        x = layers.Activation("relu")(layers.add([y, x]))
    return Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def wide_deep() -> Model:
    numbers, sex = Input((9,)), Input((), dtype="int32")
    x = layers.concatenate([numbers, layers.Embedding(2, 4)(sex)])
    x = layers.Dense(32, activation="relu")(layers.Dense(32, activation="relu")(x))
    return Model([numbers, sex], layers.Dense(1)(layers.concatenate([numbers, x])))


def conv_norm(x: Any, filters: int, size: int = 1) -> Any:
    x = layers.Conv2D(filters, size, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization(scale=False)(x))


def classified(inputs: Any, x: Any) -> Model:
    """Pooled over the image, and one of ten labels."""
    return Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def inception_v3_block() -> Model:
    x = Input((35, 35, 192))
    five = conv_norm(conv_norm(x, 48), 64, 5)
    three = conv_norm(conv_norm(conv_norm(x, 64), 96, 3), 96, 3)
    pool = conv_norm(layers.AveragePooling2D(3, strides=1, padding="same")(x), 32)
    return classified(x, layers.concatenate([conv_norm(x, 64), five, three, pool], axis=-1))


def inception_naive() -> Model:
    x = Input((28, 28, 192))
    one = layers.Conv2D(64, 1, padding="same", activation="relu")(x)
    three = layers.Conv2D(128, 3, padding="same", activation="relu")(x)
    five = layers.Conv2D(32, 5, padding="same", activation="relu")(x)
    pool = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return classified(x, layers.concatenate([one, three, five, pool], axis=-1))


def residual_identity() -> Model:
    x = Input((28, 28, 128))
    y = x
    for _ in range(3):
        y = layers.Conv2D(128, 3, activation="relu", padding="same")(y)
    return classified(x, layers.add([y, x]))


def residual_linear() -> Model:
    x = Input((28, 28, 64))
    y = layers.Conv2D(128, 3, activation="relu", padding="same")(x)
    y = layers.Conv2D(128, 3, activation="relu", padding="same")(y)
    y = layers.MaxPooling2D(2, strides=2)(y)
    return classified(x, layers.add([y, layers.Conv2D(128, 1, strides=2, padding="same")(x)]))


def model_as_layer() -> Model:
    first, second = Input((64,)), Input((64,))
    mixed = layers.Dense(128, activation="relu")(layers.concatenate([first, second]))
    answers = [layers.Dense(64, activation="relu")(mixed) for _ in range(2)]
    exchange = Model([first, second], answers)
    question, answer = Input((64,)), Input((64,))
    one, other = exchange(exchange([question, answer]))
    fits = layers.Dense(1, activation="sigmoid")(one)
    return Model([question, answer], [fits, layers.Dense(20, activation="softmax")(other)])


def imdb_conv1d() -> Model:
    review = Input((500,), dtype="int32")
    x = layers.Conv1D(32, 7, activation="relu")(layers.Embedding(10000, 128)(review))
    x = layers.Conv1D(32, 7, activation="relu")(layers.MaxPooling1D(5)(x))
    return Model(review, layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))


def sepconv() -> Model:
    image = Input((64, 64, 3))
    x = image
    for filters in (32, 64, 0, 64, 128, 0, 64, 128):
        if filters:
            x = layers.SeparableConv2D(filters, 3, activation="relu")(x)
        else:
            x = layers.MaxPooling2D(2)(x)
    x = layers.Dense(32, activation="relu")(layers.GlobalAveragePooling2D()(x))
    return Model(image, layers.Dense(10, activation="softmax")(x))


def batchnorm() -> Model:
    image = Input((32, 32, 3))
    x = layers.BatchNormalization()(layers.Conv2D(32, 3, activation="relu")(image))
    x = layers.Dense(32, activation="relu")(layers.GlobalMaxPooling2D()(x))
    return Model(image, layers.Dense(10)(layers.BatchNormalization()(x)))


def mnist_cnn() -> Model:
    image = Input((28, 28, 1))
    x = layers.MaxPooling2D(2)(layers.Conv2D(32, 3, activation="relu")(image))
    x = layers.MaxPooling2D(2)(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.Flatten()(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(x)
    return Model(image, layers.Dense(10, activation="softmax")(x))


def seq2seq() -> Model:
    source, target = Input((None, 71)), Input((None, 93))
    _, h, c = layers.LSTM(256, return_state=True)(source)
    x = layers.LSTM(256, return_sequences=True)(target, initial_state=[h, c])
    return Model([source, target], layers.Dense(93, activation="softmax")(x))


def headline() -> Model:
    words, facts = Input((100,), dtype="int32"), Input((5,))
    read = layers.LSTM(32)(layers.Embedding(10000, 512)(words))
    auxiliary = layers.Dense(1, activation="sigmoid")(read)
    x = layers.concatenate([read, facts])
    for _ in range(3):
        x = layers.Dense(64, activation="relu")(x)
    return Model([words, facts], [layers.Dense(1, activation="sigmoid")(x), auxiliary])


def shared_tweets() -> Model:
    tweets = Input((280, 256)), Input((280, 256))
    reader = layers.LSTM(64)
    both = layers.concatenate([reader(tweet) for tweet in tweets], axis=-1)
    return Model(tweets, layers.Dense(1, activation="sigmoid")(both))


def shared_vision() -> Model:
    image = Input((27, 27, 1))
    x = layers.Conv2D(64, 3, activation="relu")(layers.Conv2D(64, 3, activation="relu")(image))
    vision = Model(image, layers.Flatten()(layers.MaxPooling2D(2)(x)))
    digits = Input((27, 27, 1)), Input((27, 27, 1))
    both = layers.concatenate([vision(digit) for digit in digits])
    return Model(digits, layers.Dense(1, activation="sigmoid")(both))


def vision() -> Model:
    image = Input((224, 224, 3))
    x = layers.Conv2D(64, 3, activation="relu", padding="same")(image)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(128, 3, activation="relu", padding="same")(x)
    x = layers.Conv2D(128, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(256, 3, activation="relu", padding="same")(x)
    x = layers.Conv2D(256, 3, activation="relu")(x)
    x = layers.Conv2D(256, 3, activation="relu")(x)
    return Model(image, layers.Flatten()(layers.MaxPooling2D(2)(x)))


def vqa() -> Model:
    image, question = Input((224, 224, 3)), Input((100,), dtype="int32")
    read = layers.LSTM(256)(layers.Embedding(10000, 256)(question))
    both = layers.concatenate([read, vision()(image)])
    return Model([image, question], layers.Dense(1000, activation="softmax")(both))


def video_qa() -> Model:
    video, question = Input((100, 224, 224, 3)), Input((100,), dtype="int32")
    watched = layers.LSTM(256)(layers.TimeDistributed(vision())(video))
    read = layers.LSTM(256)(layers.Embedding(10000, 256)(question))
    both = layers.concatenate([watched, read])
    return Model([video, question], layers.Dense(1000, activation="softmax")(both))


def rnn_cnn_bridge() -> Model:
    line = Input((32, None, 1))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(line)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Permute((2, 1, 3))(layers.MaxPooling2D((4, 2))(x))
    x = layers.Bidirectional(layers.LSTM(64))(layers.TimeDistributed(layers.Flatten())(x))
    return Model(line, layers.Dense(500, activation="softmax")(x))


def fashion() -> Model:
    facts, text, picture = Input((16,)), Input((None,), dtype="int32"), Input((64, 64, 3))
    weighed = layers.Dense(32, activation="relu")(facts)
    read = layers.GRU(64)(layers.Embedding(10000, 64)(text))
    x = layers.MaxPooling2D(2)(layers.Conv2D(32, 3, activation="relu")(picture))
    looked = layers.GlobalMaxPooling2D()(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(layers.concatenate([weighed, read, looked]))
    return Model([facts, text, picture], layers.Dense(1)(x))


def xception_base() -> Model:
    return keras.applications.Xception(weights=None, include_top=False, input_shape=(299, 299, 3))


def xception() -> Model:
    return keras.applications.Xception(weights=None)


def siamese_xception() -> Model:
    base = keras.applications.Xception(weights=None, include_top=False)
    left, right = Input((250, 250, 3)), Input((250, 250, 3))
    both = layers.concatenate([base(left), base(right)], axis=-1)
    return Model([left, right], layers.Dense(1)(layers.GlobalAveragePooling2D()(both)))


def resnet50() -> Model:
    return keras.applications.ResNet50(weights=None)


def unet() -> Model:
    def look(x: Any, filters: int) -> Any:
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)

    image = Input((256, 256, 1))
    x, seen = image, []
    for filters in (64, 128, 256, 512):
        x = look(x, filters)
        seen.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = look(x, 1024)
    for filters in (512, 256, 128, 64):
        x = layers.Conv2DTranspose(filters, 2, strides=2, padding="same")(x)
        x = look(layers.concatenate([seen.pop(), x]), filters)
    return Model(image, layers.Conv2D(2, 1, activation="softmax")(x))


def transformer_encoder() -> Model:
    review = Input((None,), dtype="int32")
    x = layers.Embedding(20000, 256)(review)
    for _ in range(2):
        attended = layers.MultiHeadAttention(num_heads=2, key_dim=256)(x, x)
        x = layers.LayerNormalization()(layers.add([x, attended]))
        dense = layers.Dense(256)(layers.Dense(32, activation="relu")(x))
        x = layers.LayerNormalization()(layers.add([x, dense]))
    x = layers.Dropout(0.5)(layers.GlobalMaxPooling1D()(x))
    return Model(review, layers.Dense(1, activation="sigmoid")(x))


def dates() -> Model:
    written, said = Input((None,), dtype="int64"), Input((None,), dtype="int64")
    read = layers.Embedding(64, 32, mask_zero=True)(written)
    encoder = layers.Bidirectional(layers.GRU(64, return_sequences=True))(read)
    decoder = layers.GRU(128, return_sequences=True)(layers.Embedding(16, 32)(said))
    both = layers.Concatenate()([decoder, layers.Attention()([decoder, encoder])])
    return Model([written, said], layers.Dense(16, activation="softmax")(both))


def breast_cancer() -> Model:
    nuclei = Input((30,))
    x = layers.Dense(16, activation="relu", kernel_regularizer="l2")(nuclei)
    return Model(nuclei, layers.Dense(1, activation="sigmoid")(layers.Dropout(0.3)(x)))


def diabetes() -> Model:
    measures, sex = Input((9,)), Input((2,))
    x = layers.Dense(16, activation="relu")(layers.concatenate([measures, sex]))
    return Model([measures, sex], layers.Dense(1)(layers.Dropout(0.2)(x)))


def customers() -> Model:
    numbers, kinds, town, since = Input((3,)), Input((14,)), Input((4,)), Input((1,))
    x = layers.concatenate([numbers, kinds, town, since])
    x = layers.Dense(32, activation="relu")(x)
    return Model([numbers, kinds, town, since], layers.Dense(1, activation="sigmoid")(x))


def siamese_digits() -> Model:
    image = Input((8, 8, 1))
    x = layers.RandomTranslation(0.1, 0.1)(image)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Dense(32)(layers.Flatten()(x))
    reader = Model(image, layers.UnitNormalization()(x))
    scans = Input((8, 8, 1)), Input((8, 8, 1))
    distance = keras.ops.absolute(layers.subtract([reader(scan) for scan in scans]))
    return Model(scans, layers.Dense(1, activation="sigmoid")(distance))


def reviews() -> Model:
    review = Input((None,), dtype="int64")
    x = layers.Embedding(100, 32, mask_zero=True)(review)
    x = layers.Bidirectional(layers.LSTM(32))(x)
    return Model(review, layers.Dense(1, activation="sigmoid")(x))


def transfer() -> Model:
    known = keras.models.load_model(TARGET.with_name("keras") / "mobilenet.keras")
    image = keras.Input((8, 8, 1))
    found = layers.Flatten()(known(layers.UpSampling2D(4)(image)))
    return Model(image, layers.Dense(5, activation="softmax")(layers.Dropout(0.2)(found)))


def garments() -> Model:
    numbers, brand = Input((2,)), Input((), dtype="int64")
    text, picture = Input((None,), dtype="int64"), Input((32, 32, 3))
    read = layers.GRU(32)(layers.Embedding(80, 16, mask_zero=True)(text))
    x = layers.MaxPooling2D(2)(layers.Conv2D(16, 3, activation="relu")(picture))
    x = layers.MaxPooling2D(2)(layers.Conv2D(32, 3, activation="relu")(x))
    seen = layers.GlobalMaxPooling2D()(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.concatenate([numbers, layers.Embedding(4, 4)(brand), read, seen])
    x = layers.Dense(64, activation="relu")(layers.Dense(64, activation="relu")(x))
    return Model([numbers, brand, text, picture], layers.Dense(1)(x))


COUNTERPARTS = {
    "sequential": sequential,
    "functional": sequential,
    "digits": digits,
    "qa": qa,
    "social": social,
    "siamese_lstm": siamese_lstm,
    "inception_block": inception_block,
    "residual": residual,
    "wide_deep": wide_deep,
    "inception_v3_block": inception_v3_block,
    "inception_naive": inception_naive,
    "residual_identity": residual_identity,
    "residual_linear": residual_linear,
    "model_as_layer": model_as_layer,
    "imdb_conv1d": imdb_conv1d,
    "sepconv": sepconv,
    "batchnorm": batchnorm,
    "mnist_cnn": mnist_cnn,
    "seq2seq": seq2seq,
    "headline": headline,
    "shared_tweets": shared_tweets,
    "shared_vision": shared_vision,
    "vqa": vqa,
    "video_qa": video_qa,
    "rnn_cnn_bridge": rnn_cnn_bridge,
    "fashion": fashion,
    "xception_base": xception_base,
    "xception": xception,
    "siamese_xception": siamese_xception,
    "resnet50": resnet50,
    "unet": unet,
    "transformer_encoder": transformer_encoder,
    "dates": dates,
    "breast_cancer": breast_cancer,
    "diabetes": diabetes,
    "customers": customers,
    "siamese_digits": siamese_digits,
    "reviews": reviews,
    "garments": garments,
    "transfer": transfer,
    "digits_wide_deep": digits_wide_deep,
    "weighted_ensemble": weighted_ensemble,
    "digits_tune": digits_tune,
}


def count(model: Model) -> dict[str, int]:
    trainable = sum(math.prod(weight.shape) for weight in model.trainable_weights)
    return {"trainable": trainable, "non_trainable": model.count_params() - trainable}


if __name__ == "__main__":
    counts = {name: count(make()) for name, make in COUNTERPARTS.items()}
    TARGET.write_text(json.dumps({"keras": keras.__version__, "counts": counts}, indent=1) + "\n")
