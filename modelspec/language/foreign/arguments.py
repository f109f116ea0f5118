"""What other frameworks call the arguments of layers, optimizers, losses and the like."""

from modelspec.language.foreign.spelling import Words

LAYER = Words(
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
OPTIMIZER = Words(
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
SCHEDULE = Words(
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
CALLBACK = Words(
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
LOSS = Words(
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
METRIC = Words(
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
