"""What other frameworks call the keys of a spec's sections, and of all that stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.foreign import arguments
from modelspec.language.foreign.spelling import Words, meaning

if TYPE_CHECKING:
    from collections.abc import Collection

_SPEC = Words(
    {
        "inputs": "input features_in placeholders",
        "layers": "layer model network net nodes architecture modules stack",
        "outputs": "output heads targets",
        "edges": "connections connectivity graph links wiring flow topology",
        "params": "parameters variables vars hyperparameters hparams args constants config",
        "shared": "shared_layers common tied reused",
        "blocks": "block models submodels components definitions templates functions",
        "data": "dataset datasets dataloader data_source",
        "train": "training trainer fit optimization learn",
        "tune": "tuning tuner search hyperopt hyperparameter_search sweep optuna",
        "name": "title model_name",
        "description": "doc docs about comment desc summary",
        "version": "schema_version spec_version format_version",
    }
)
_INPUT = Words(
    {
        "shape": "size dims dim dimensions input_shape batch_shape shapes input_dim",
        "dtype": "type data_type",
        "description": "doc about comment desc",
    }
)
_OUTPUT = Words(
    {
        "from": "source input inputs layer node of value tensor",
        "loss": "loss_fn loss_function criterion objective losses",
        "weight": "loss_weight loss_weights weights coefficient coef lambda factor alpha",
        "metrics": "metric eval_metrics scores",
        "class_weight": "class_weights pos_weight weight_per_class classes_weight balance",
        "decision": "threshold thresholds cutoff decision_threshold cut_off",
        "decode": "decoding decoder generate generation generation_config sampling",
        "description": "doc about comment desc",
    }
)
_DECODE = Words(
    {
        "feed": "input decoder_input feedback previous",
        "start": "bos sos start_token bos_token begin go",
        "stop": "eos end stop_token end_token eos_token",
        "max_length": "max_len maxlen max_new_tokens max_tokens length max_steps",
        "strategy": "mode method do_sample search",
        "beams": "num_beams beam_size beam_width n_beams",
        "length_penalty": "length_normalization alpha",
        "temperature": "temp",
        "top_k": "k",
        "top_p": "p nucleus",
        "seed": "random_state random_seed",
    }
)
_TRAIN = Words(
    {
        "optimizer": "optim optimiser solver opt algorithm",
        "learning_rate": "lr eta step_size learning_rate_init initial_lr base_lr max_lr",
        "warmup_steps": "warmup num_warmup_steps lr_warmup_steps warm_up n_warmup",
        "epochs": "n_epochs num_epochs max_epochs nb_epoch epoch num_train_epochs max_iter n_iter",
        "batch_size": (
            "batchsize batch bs n_batch train_batch_size minibatch_size minibatch"
            " per_device_train_batch_size"
        ),
        "seed": "random_state random_seed seed_everything rng manual_seed",
        "shuffle": "shuffling shuffle_data",
        "weights": (
            "init initial_weights init_weights pretrained load_weights from_pretrained start_from"
            " ckpt_path weights_path pretrained_weights"
        ),
        "freeze": "frozen freeze_layers frozen_layers non_trainable",
        "learning_rate_multipliers": "lr_multipliers layer_lr param_groups layerwise_lr lr_mult",
        "gradient_clip": (
            "grad_clip clip_norm gradient_clip_val max_grad_norm clipnorm gradient_clip_norm clip"
            " grad_clip_norm clip_gradients global_clipnorm gradient_clipping clip_grad_norm"
        ),
        "accumulate": (
            "accumulate_grad_batches gradient_accumulation_steps grad_accum accumulation_steps"
            " gradient_accumulation accumulation"
        ),
        "precision": "dtype mixed_precision amp fp16 bf16 dtype_policy half",
        "strategy": "distributed distributed_strategy parallel parallelism distribution",
        "compile": "torch_compile jit_compile jit compiled",
        "deterministic": "determinism use_deterministic_algorithms",
        "validate_every": (
            "val_check_interval eval_every eval_steps validation_freq eval_interval"
        ),
        "time_limit": "max_time timeout max_duration max_seconds",
        "callbacks": "callback hooks listeners",
    }
)
_TUNE = Words(
    {
        "search": "space search_space hyperparameters params parameters grid distributions",
        "objective": "metric monitor goal target optimize direction",
        "limits": "limit constraints budget max",
        "sampler": "algorithm search_alg method strategy optimizer tuner",
        "trials": "n_trials num_trials max_trials num_samples n_iter iterations runs",
        "pruner": "scheduler pruning early_stopping",
        "confirm": "confirmation validate retrain",
    }
)
_RANGE = Words(
    {
        "int": "integer low min range randint",
        "float": "number uniform low min range loguniform",
        "log": "log_scale logarithmic log_uniform scale",
        "step": "q quantum increment",
    }
)
_DATA = Words(
    {
        "file": "path csv filename file_name source data url files dataset table data_file",
        "train": "train_file training train_data train_path fit",
        "validation": "validation_file val valid dev eval validation_data val_data val_file",
        "test": "test_file test_data test_path holdout",
        "format": "file_format type kind",
        "split": "splits train_test_split partition folds",
        "sample_weight": "weights weight sample_weights row_weight",
        "memory": "memory_limit max_memory ram",
        "missing_values": (
            "na_values null_values missing na nan null nulls missing_value na_value missing_markers"
        ),
        "features": "columns fields feature inputs schema variables",
    }
)
_FORMAT = Words(
    {
        "type": "format kind file_format reader",
        "separator": "sep delimiter delim field_separator separator_char",
        "decimal": "decimal_mark decimal_separator decimal_point dec decimal_comma",
        "thousands": "thousands_separator thousands_sep grouping grouping_mark big_mark",
        "encoding": "charset fileencoding file_encoding codec",
        "quote": "quotechar quote_char quoting quotes",
        "comment": "comment_prefix comment_char comments",
        "header": "names has_header columns column_names col_names new_columns header_row",
        "skip_rows": "skiprows skip skip_lines skip_header skiplines",
        "sheet": "sheet_name sheetname sheets worksheet",
    }
)
_SPLIT = Words(
    {
        "validation": "val valid dev val_size validation_size validation_split val_split eval",
        "test": "test_size test_split holdout",
        "seed": "random_state random_seed",
        "stratify": "stratified stratify_by strat balance",
        "group": "groups group_by by_group group_column",
        "time": "date temporal by_time time_column chronological datetime",
        "column": "by split_column on",
        "values": "names labels parts",
        "fold": "folds cv kfold k_fold n_splits",
    }
)
_FEATURE = Words(
    {
        "column": "name col key field source",
        "columns": "cols names fields",
        "type": "kind dtype data_type",
        "normalize": "scale scaler scaling standardize normalization norm normalise standardise",
        "encode": "encoding encoder one_hot onehot",
        "classes": "categories labels vocabulary levels class_names values",
        "separator": "delimiter sep delim",
        "unknown": "handle_unknown oov oov_token unseen",
        "most_common": "max_categories top_k top_n most_frequent max_classes",
        "min_count": "min_frequency min_freq min_rows rare_threshold",
        "channels": "num_channels in_channels color_mode",
        "day_first": "dayfirst",
        "time_zone": "timezone tz tzinfo",
        "missing": (
            "impute imputer imputation na fillna nan on_missing strategy missing_strategy"
            " missing_value_strategy handle_missing na_action simple_imputer mean median mode"
            " drop_na dropna"
        ),
        "fill": "fill_value default constant value",
        "missing_values": (
            "na_values null_values missing_value na_value missing_marker missing_markers nulls"
            " null_value nan_values null_markers"
        ),
        "indicator": (
            "add_indicator missing_indicator was_missing is_missing missing_flag indicators flag"
        ),
        "clip": "clipping winsorize outlier outliers clamp clip_value outlier_strategy",
        "length": "max_length maxlen max_len sequence_length seq_len output_sequence_length",
        "pad": "padding pad_side padding_side",
        "truncate": "truncating truncation trunc",
        "tokenizer": "tokeniser tokenize tokenization",
        "vocabulary": "vocab vocab_size max_tokens num_words vocabulary_size max_features",
        "lower": "lowercase do_lower_case uncased casefold ignore_case to_lower",
        "start": "bos sos start_token bos_token begin",
        "stop": "eos end stop_token end_token eos_token",
        "drop": "shift remove skip",
        "size": (
            "height width image_size target_size resize_to height_width img_size shape"
            " cardinality num_classes"
        ),
        "scale": "rescale rescaling range",
        "resize": "fit aspect crop crop_to_aspect_ratio",
        "format": "date_format datetime_format pattern strptime unit",
        "parts": "components units extract",
        "cyclic": "cyclical periodic sin_cos",
        "fill_steps": "pad_value padding_value",
    }
)
_BY_CLASS: dict[str, Words] = {
    "BlockSection": _SPEC,
    "InputSection": _INPUT,
    "BlockOutputSection": _OUTPUT,
    "DecodeSection": _DECODE,
    "TrainSection": _TRAIN,
    "TuneSection": _TUNE,
    "_Range": _RANGE,
    "DataSection": _DATA,
    "FileFormat": _FORMAT,
    "Split": _SPLIT,
    "BaseFeature": _FEATURE,
    "Layer": arguments.LAYER,
    "Optimizer": arguments.OPTIMIZER,
    "Schedule": arguments.SCHEDULE,
    "Callback": arguments.CALLBACK,
    "Loss": arguments.LOSS,
    "Metric": arguments.METRIC,
}
"""The vocabulary of each kind of mapping, by the class at its root."""


def foreign_key(word: str, cls: type, fields: Collection[str]) -> str | None:
    """What a key of another framework is called here.

    Args:
        word: The key.
        cls: The declaration of the mapping that it was written in.
        fields: The keys that may be suggested.
    """
    for base in cls.__mro__:
        if base.__name__ in _BY_CLASS:
            return meaning(word, _BY_CLASS[base.__name__], fields)
    return None
