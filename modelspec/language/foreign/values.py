"""What other frameworks call the words that arguments choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.foreign.spelling import Words, bare, meaning

if TYPE_CHECKING:
    from collections.abc import Collection

_CHOICES = Words(
    {
        "int64": "int integer long",
        "int32": "int",
        "float32": "float fp32 single 32 32-true full number",
        "float64": "double fp64",
        "float16": "half fp16 16 16-mixed mixed_float16 amp mixed f16",
        "bfloat16": "bf16 bf16-mixed mixed_bfloat16",
        "bool": "boolean",
        "ddp": "data_parallel dp DistributedDataParallel mirrored",
        "fsdp": "fsdp2 zero zero3 deepspeed sharded FullyShardedDataParallel",
        "standard": (
            "zscore z-score standardize standardise standard_scaler std mean_std normalize true"
        ),
        "minmax": "min_max min-max min_max_scaler min_max_scale unit 0-1",
        "none": "no off false null identity raw",
        "one_hot": "onehot dummy dummies get_dummies binary one_hot_encoder",
        "index": "label ordinal integer int label_encoder sparse codes",
        "multi_hot": "multihot k_hot multilabel",
        "error": "raise fail strict",
        "drop": "skip dropna remove delete listwise ignore",
        "constant": "fill fill_value fill_with_const default zero zeros",
        "mean": "average avg fill_with_mean",
        "median": "middle",
        "mode": "fill_with_mode most_frequent mostfrequent most_common frequent majority",
        "robust": "robust_scaler iqr",
        "quantile": "quantile_transformer gaussian_rank rank_gauss yeo_johnson power",
        "percent": "percentage %",
        "currency": "money dollar dollars price",
        "ignore": "skip drop pass use_encoded_value",
        "other": "infrequent_if_exist infrequent rare oov",
        "end": "post right after back suffix",
        "start": "pre left before front prefix",
        "number": "numeric numerical float int integer continuous real double scalar numbers",
        "category": (
            "categorical nominal set class label string enum categories bool boolean binary ordinal"
        ),
        "text": "nlp sentence document str language",
        "image": "picture img photo images",
        "date": "datetime timestamp time day",
        "sequence": "timeseries time_series list series vector",
        "stretch": "resize squash distort",
        "crop": "center_crop cover",
        "pad": "letterbox fit contain",
        "signed": "-1..1 symmetric tanh",
        "unit": "0..1 rescale 0-1 255",
        "same": "half zeros auto",
        "causal": "left",
        "valid": "no none 0",
        "glorot_uniform": "xavier xavier_uniform glorot xavier_uniform_",
        "glorot_normal": "xavier_normal xavier_normal_",
        "he_uniform": "kaiming_uniform kaiming_uniform_",
        "he_normal": "kaiming kaiming_normal he kaiming_normal_ msra",
        "zeros": "zero zeros_",
        "ones": "one ones_",
        "random_normal": "randn gaussian normal_",
        "random_uniform": "rand uniform_",
        "truncated_normal": "trunc_normal trunc_normal_",
        "orthogonal": "orthogonal_",
        "identity": "eye",
        "leaky_relu": "lrelu",
        "sigmoid": "logistic",
        "linear": "identity none no",
        "silu": "swish",
        "min": "minimize minimum lower smaller_is_better",
        "max": "maximize maximum higher greater_is_better",
        "nearest": "neighbor nearest_neighbor",
        "bilinear": "linear",
        "concat": "concatenate cat",
        "l2": "ridge weight_decay",
        "l1": "lasso",
        "l1_l2": "elastic_net elasticnet l1l2",
        "greedy": "argmax",
        "beam": "beam_search",
        "sample": "sampling random multinomial top_k top_p",
        "sum_over_batch_size": "average batchmean elementwise_mean",
        "npz": "numpy npy",
        "jsonl": "ndjson json_lines",
        "folder": "directory imagefolder image_folder",
        "tsv": "tab tabs",
        "macro": "mean",
    }
)
_INSTEAD = {
    **dict.fromkeys(
        (
            ("missing", word)
            for word in ("ffill", "bfill", "interpolate", "linear", "knn", "previous", "pad")
        ),
        "use `median`, `constant` with `fill`, or `drop`: rows are taken one by one",
    ),
    ("normalize", "log"): "use `log1p`, the logarithm of 1 + x, or take the logarithm in the data",
    **dict.fromkeys(
        (("normalize", word) for word in ("maxabs", "maxabsscaler")),
        "use `minmax`, or `robust`",
    ),
}
"""What cannot be chosen here, by key and word, and what to choose."""
_NOTHING = ("none", "nil", "null", "nan", "na")


def foreign_choice(word: str, choices: Collection[str]) -> str | None:
    """The choice that another name of it means: `int64` for `int`."""
    return meaning(word, _CHOICES, choices)


def instead_of_choice(key: str, word: str) -> str:
    """What to choose in place of a word that means nothing near here; empty for others."""
    return _INSTEAD.get((key, bare(word)), "")


def means_nothing(value: object) -> bool:
    """Whether a text is how others write YAML's `null`: Python's `None`."""
    return isinstance(value, str) and bare(value) in _NOTHING
