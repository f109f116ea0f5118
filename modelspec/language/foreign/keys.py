"""What other frameworks call the keys of a spec's sections and the arguments of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.foreign.spelling import Words, meaning, words

if TYPE_CHECKING:
    from collections.abc import Collection

_SPEC = words(
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
_INPUT = words(
    {
        "shape": "size dims dim dimensions input_shape batch_shape shapes input_dim",
        "dtype": "type data_type",
        "description": "doc about comment desc",
    }
)
_OUTPUT = words(
    {
        "from": "source input inputs layer node of value tensor",
        "loss": "loss_fn loss_function criterion objective losses",
        "weight": "loss_weight loss_weights weights coefficient coef lambda factor alpha",
        "metrics": "metric eval_metrics scores",
        "class_weight": "class_weights pos_weight weight_per_class classes_weight balance",
        "decode": "decoding decoder generate generation generation_config sampling",
        "description": "doc about comment desc",
    }
)
_DECODE = words(
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
_TRAIN = words(
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
_TUNE = words(
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
_RANGE = words(
    {
        "int": "integer low min range randint",
        "float": "number uniform low min range loguniform",
        "log": "log_scale logarithmic log_uniform scale",
        "step": "q quantum increment",
    }
)
_DATA = words(
    {
        "file": "path csv filename file_name source data url files dataset table data_file",
        "train": "train_file training train_data train_path fit",
        "validation": "validation_file val valid dev eval validation_data val_data val_file",
        "test": "test_file test_data test_path holdout",
        "format": "file_format type kind",
        "split": "splits train_test_split partition folds",
        "sample_weight": "weights weight sample_weights row_weight",
        "memory": "memory_limit max_memory ram",
        "features": "columns fields feature inputs schema variables",
    }
)
_SPLIT = words(
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
_FEATURE = words(
    {
        "column": "name col key field source",
        "columns": "cols names fields",
        "type": "kind dtype data_type",
        "normalize": "scale scaler scaling standardize normalization norm normalise standardise",
        "encode": "encoding encoder one_hot onehot",
        "classes": "categories labels vocabulary levels class_names values",
        "separator": "delimiter sep delim",
        "unknown": "handle_unknown oov oov_token unseen",
        "missing": (
            "impute imputer imputation na fillna nan on_missing strategy missing_strategy"
            " handle_missing na_action"
        ),
        "fill": "fill_value default constant value",
        "length": "max_length maxlen max_len sequence_length seq_len output_sequence_length",
        "pad": "padding pad_side padding_side",
        "truncate": "truncating truncation trunc",
        "tokenizer": "tokeniser tokenize tokenization",
        "vocabulary": "vocab vocab_size max_tokens num_words vocabulary_size max_features",
        "lower": "lowercase do_lower_case uncased",
        "start": "bos sos start_token bos_token begin",
        "stop": "eos end stop_token end_token eos_token",
        "drop": "shift remove skip",
        "size": "image_size target_size resize_to height_width img_size shape",
        "scale": "rescale rescaling range",
        "resize": "fit aspect crop crop_to_aspect_ratio",
        "format": "date_format pattern strptime",
        "parts": "components units extract",
        "cyclic": "cyclical periodic sin_cos",
        "fill_steps": "pad_value padding_value",
    }
)
_LAYER = words(
    {
        "units": (
            "out_features hidden_size num_units n_units neurons n_neurons hidden_units output_size"
            " hidden nodes width output_dim dim out_dim d_model size hidden_dim"
        ),
        "filters": "out_channels nb_filter num_filters n_filters channels output_channels features",
        "kernel_size": "kernel kernel_shape filter_size filter_length window window_size ksize k",
        "pool_size": "pool pool_length kernel_size kernel window window_size ksize",
        "strides": "stride subsample step steps hop stride_size",
        "dilation_rate": "dilation dilations atrous_rate rhs_dilation",
        "padding": "pad border_mode pads",
        "groups": "num_groups group feature_group_count n_groups",
        "rate": ("p dropout_rate prob drop_prob dropout_prob drop_rate dropout probability ratio"),
        "dropout": "dropout_rate dropout_W p",
        "recurrent_dropout": "dropout_U",
        "use_bias": "bias has_bias with_bias add_bias",
        "activation": (
            "activation_fn act nonlinearity activation_function act_fn activation_func"
            " non_linearity function"
        ),
        "recurrent_activation": "inner_activation gate_activation",
        "epsilon": "eps variance_epsilon",
        "axis": "dim concat_axis axes dimension",
        "axes": "dim dims axis dimensions",
        "dims": "perm permutation order axes",
        "scale": "affine elementwise_affine gamma use_scale",
        "center": "elementwise_affine use_offset",
        "input_dim": (
            "num_embeddings vocab_size vocabulary n_tokens vocabulary_size num_tokens max_features"
            " vocab num_words"
        ),
        "output_dim": "embedding_dim embedding_size embed_dim emb_dim dim d_model units",
        "mask_zero": "padding_idx masking use_mask",
        "num_heads": "heads n_heads nhead num_attention_heads n_head",
        "num_query_heads": "num_heads heads n_heads num_attention_heads",
        "num_key_value_heads": "num_kv_heads kv_heads num_query_groups",
        "key_dim": "head_dim head_size d_k key_size embed_dim d_model qk_dim",
        "head_dim": "key_dim head_size d_k",
        "value_dim": "d_v v_dim",
        "use_causal_mask": "causal is_causal masked",
        "return_sequences": "return_sequence return_seq return_all all_steps",
        "go_backwards": "reverse backwards reversed",
        "negative_slope": "alpha slope leak negative_slop",
        "alpha": "negative_slope",
        "size": "scale_factor upscale factor upsample",
        "target_shape": "shape output_shape dims new_shape unflattened_size",
        "merge_mode": "mode merge",
        "interpolation": "method mode resample",
        "value_range": "range",
        "stddev": "std sigma noise",
        "layer": "module cell inner wrapped inner_layer",
        "trainable": "requires_grad learnable train",
        "kernel_initializer": "weight_init kernel_init init weights_initializer initializer W_init",
        "bias_initializer": "bias_init b_init",
        "embeddings_initializer": "init initializer embedding_init",
        "kernel_regularizer": "weight_decay W_regularizer regularizer regularization l2 kernel_reg",
        "bias_regularizer": "b_regularizer",
        "embeddings_regularizer": "regularizer regularization",
        "kernel_constraint": "W_constraint constraint max_norm",
        "function": "op operation fn name",
    }
)
_OPTIMIZER = words(
    {
        "learning_rate": "lr eta step_size initial_lr",
        "beta_1": "beta1 b1 betas momentum",
        "beta_2": "beta2 b2",
        "epsilon": "eps",
        "weight_decay": "wd l2 weight_decay_rate",
        "rho": "alpha decay_rate",
        "nesterov": "use_nesterov",
        "clipnorm": "clip_norm",
        "clipvalue": "clip_value gradient_clip_value",
        "global_clipnorm": "max_grad_norm grad_clip gradient_clip clip_grad_norm",
        "gradient_accumulation_steps": "accumulate accumulate_grad_batches accumulation_steps",
        "use_ema": "ema",
        "ema_momentum": "ema_decay",
    }
)
_SCHEDULE = words(
    {
        "decay_steps": "T_max total_steps steps num_steps total_iters step_size max_steps",
        "first_decay_steps": "T_0 steps decay_steps cycle_length",
        "decay_rate": "gamma rate factor decay",
        "alpha": "eta_min min_lr minimum",
        "end_learning_rate": "end_lr min_lr eta_min final_lr",
        "boundaries": "milestones steps epochs",
        "values": "rates lrs learning_rates",
        "initial_learning_rate": "lr base_lr initial_lr learning_rate max_lr start",
        "learning_rate": "lr base_lr rate value",
        "t_mul": "T_mult",
        "m_mul": "eta_mult",
        "warmup_steps": "warmup num_warmup_steps",
    }
)
_CALLBACK = words(
    {
        "monitor": "metric quantity watch on value score_name",
        "patience": "wait rounds n_epochs epochs early_stopping_rounds",
        "min_delta": "delta threshold tolerance tol",
        "mode": "direction min_or_max",
        "restore_best_weights": "restore_best restore load_best load_best_model_at_end",
        "save_best_only": "save_best best_only",
        "keep": "save_top_k save_total_limit max_to_keep top_k",
        "every_epochs": "period save_freq every_n_epochs every",
        "every_steps": "every_n_steps save_steps every_n_train_steps",
        "factor": "gamma",
        "min_lr": "min_learning_rate eta_min",
        "momentum": "decay ema_decay",
        "filename": "path filepath file name log_dir",
        "separator": "sep delimiter",
        "start_from_epoch": "start_epoch warmup_epochs",
    }
)
_LOSS = words(
    {
        "from_logits": "logits with_logits",
        "label_smoothing": "smoothing label_smooth ls",
        "delta": "beta threshold",
        "ignore_class": "ignore_index",
        "axis": "dim",
        "margin": "m",
        "gamma": "focusing focal_gamma",
        "alpha": "balance focal_alpha",
    }
)
_METRIC = words(
    {
        "name": "label alias",
        "k": "top_k n",
        "top_k": "k",
        "average": "averaging reduce mode",
        "threshold": "thresholds cutoff",
        "thresholds": "threshold cutoff",
        "num_classes": "n_classes classes task_classes",
        "class_id": "class pos_label label",
        "target_class_ids": "classes class_ids labels",
        "curve": "kind type_of_curve",
        "weighted": "sample_weight use_weights",
        "multi_label": "multilabel",
        "from_logits": "logits with_logits",
        "ignore_class": "ignore_index",
        "axis": "dim",
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
    "Split": _SPLIT,
    "_Feature": _FEATURE,
    "Layer": _LAYER,
    "Optimizer": _OPTIMIZER,
    "Schedule": _SCHEDULE,
    "Callback": _CALLBACK,
    "Loss": _LOSS,
    "Metric": _METRIC,
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
