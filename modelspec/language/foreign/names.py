"""What other frameworks call losses, metrics, optimizers, schedules and callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.foreign.spelling import Words, bare, meaning

if TYPE_CHECKING:
    from collections.abc import Collection

_LOSSES = Words(
    {
        "categorical_crossentropy": (
            "cross_entropy crossentropy CrossEntropyLoss ce softmax_cross_entropy nll NLLLoss"
            " multiclass_log_loss categorical_cross_entropy log_loss"
            " softmax_cross_entropy_with_logits"
        ),
        "sparse_categorical_crossentropy": (
            "sparse_cross_entropy sparse_ce sparse_crossentropy sparse_categorical_cross_entropy"
            " sparse_softmax_cross_entropy"
        ),
        "binary_crossentropy": (
            "BCELoss BCEWithLogitsLoss bce_with_logits binary_cross_entropy logistic sigmoid_bce"
            " binary_cross_entropy_with_logits sigmoid_cross_entropy binary_log_loss"
        ),
        "mae": "l1 L1Loss mean_absolute absolute_error",
        "mse": "l2 MSELoss L2Loss quadratic squared_error mean_square mean_squared rmse",
        "huber": "smooth_l1 SmoothL1Loss HuberLoss",
        "kl_divergence": "kl kldiv KLDivLoss kl_div relative_entropy",
        "binary_focal_crossentropy": "focal FocalLoss binary_focal sigmoid_focal_loss",
        "categorical_focal_crossentropy": "categorical_focal focal_crossentropy",
        "cosine_similarity": "cosine CosineEmbeddingLoss cosine_distance cosine_proximity",
        "ctc": "CTCLoss",
        "poisson": "PoissonNLLLoss poisson_nll",
        "dice": "DiceLoss",
        "tversky": "TverskyLoss",
        "mape": "percentage_error",
        "hinge": "HingeLoss svm",
        "categorical_hinge": "multi_margin MultiMarginLoss",
    }
)
_METRICS = Words(
    {
        "accuracy": "accuracy_score accurracy precision_top1 top1 top_1 hit_rate",
        "categorical_accuracy": "categorical_acc multiclass_accuracy",
        "sparse_categorical_accuracy": "sparse_acc sparse_accuracy",
        "binary_accuracy": "binary_acc",
        "top_k_categorical_accuracy": "top_k top5 top_5 top_k_accuracy top_5_accuracy top5_acc",
        "mae": "l1 mean_absolute absolute_error neg_mean_absolute_error",
        "mse": "l2 mean_square squared_error neg_mean_squared_error",
        "rmse": "root_mse neg_root_mean_squared_error root_mean_square",
        "mape": "percentage_error",
        "r2_score": ("r2 r_2 r_squared r_square coefficient_of_determination explained_variance"),
        "f1_score": "f1 f_1 f_score f_measure BinaryF1Score",
        "fbeta_score": "fbeta f2",
        "precision": "precision_score ppv positive_predictive_value",
        "recall": "recall_score sensitivity tpr true_positive_rate",
        "auc": "auroc roc_auc roc_auc_score rocauc roc auprc pr_auc average_precision prauc",
        "pearson_correlation": "pearson correlation pearsonr corr",
        "concordance_correlation": "ccc concordance",
        "cosine_similarity": "cosine cosine_proximity",
        "categorical_crossentropy": "cross_entropy crossentropy log_loss ce nll",
        "binary_crossentropy": "binary_cross_entropy binary_log_loss",
        "kl_divergence": "kld kl kl_div",
        "mean_iou": "miou jaccard jaccard_index jaccard_score",
        "iou": "intersection_over_union",
        "true_positives": "tp",
        "true_negatives": "tn",
        "false_positives": "fp",
        "false_negatives": "fn",
        "specificity_at_sensitivity": "specificity",
    }
)
_OPTIMIZERS = Words(
    {
        "sgd": "momentum nesterov gradient_descent gd stochastic_gradient_descent SGDW",
        "adamw": "adam_w AdamWeightDecay fused_adamw adamw_torch",
        "adam": "adam_optimizer fused_adam adam_torch",
        "rmsprop": "rms rms_prop RMSpropTF",
        "schedule_free_adamw": "schedule_free AdamWScheduleFree",
        "adadelta": "ada_delta",
        "adagrad": "ada_grad",
    }
)
_SCHEDULES = Words(
    {
        "cosine_decay": ("cosine cosine_annealing CosineAnnealingLR cosine_schedule warmup_cosine"),
        "cosine_decay_restarts": (
            "cosine_annealing_warm_restarts CosineAnnealingWarmRestarts cosine_restarts sgdr"
        ),
        "exponential_decay": "exponential ExponentialLR exp",
        "piecewise_constant_decay": "step StepLR multistep MultiStepLR piecewise step_decay",
        "polynomial_decay": "linear LinearLR polynomial poly PolynomialLR linear_decay",
        "inverse_time_decay": "inverse_time inverse",
        "constant": "ConstantLR fixed none",
    }
)
_CALLBACKS = Words(
    {
        "early_stopping": "early_stop EarlyStopper early_stopping_callback",
        "checkpoint": "ModelCheckpoint save_best checkpointing saver checkpointer",
        "reduce_lr_on_plateau": (
            "reduce_on_plateau plateau lr_plateau ReduceLR reduce_learning_rate_on_plateau"
        ),
        "tensorboard": "tensor_board TensorBoardLogger tb SummaryWriter",
        "csv_logger": "csv history_logger",
        "ema": (
            "exponential_moving_average swa StochasticWeightAveraging weight_averaging"
            " SwapEMAWeights EMAWeightAveraging"
        ),
        "terminate_on_nan": "nan detect_anomaly nan_check",
        "gradient_norms": "grad_norm gradient_norm track_grad_norm",
        "activation_logger": "activations activation_histogram",
    }
)
_BY_KIND: dict[str, Words] = {
    "loss": _LOSSES,
    "metric": _METRICS,
    "optimizer": _OPTIMIZERS,
    "schedule": _SCHEDULES,
    "callback": _CALLBACKS,
}
_ELSEWHERE = {
    ("callback", "learningratescheduler"): "`learning_rate` takes a schedule: `{type: ...}`",
    ("callback", "learningratemonitor"): "`history.csv` of a run has the learning rate",
    ("callback", "history"): "every run writes `history.csv`",
    ("callback", "progressbar"): "a run shows its progress by itself",
    ("callback", "backupandrestore"): "every run saves itself; `--resume` goes on with it",
    ("schedule", "reducelronplateau"): "it is a callback: `callbacks: [reduce_lr_on_plateau]`",
    ("optimizer", "lookahead"): "the callback `ema` averages the weights",
    ("metric", "auprc"): "write `{type: auc, curve: PR}`",
    ("metric", "prauc"): "write `{type: auc, curve: PR}`",
    ("metric", "averageprecision"): "write `{type: auc, curve: PR}`",
    ("metric", "specificity"): (
        "`{type: recall, class_id: 0}` is that of two classes as probabilities;"
        " `specificity_at_sensitivity` sets one against the other"
    ),
    ("metric", "macrof1"): "write `{type: f1_score, average: macro}`",
    ("metric", "microf1"): "write `{type: f1_score, average: micro}`",
    ("optimizer", "radam"): "`adam` with `warmup_steps` in `train` begins as carefully",
    ("optimizer", "lbfgs"): "what there is takes batches: `adam`, `sgd`, `muon` ...",
    ("schedule", "onecyclelr"): "`cosine_decay` with `warmup_steps` and `warmup_target` is alike",
    ("schedule", "onecycle"): "`cosine_decay` with `warmup_steps` and `warmup_target` is alike",
    ("schedule", "inversesqrt"): "`inverse_time_decay` is the nearest",
    ("loss", "rmse"): "`mse` has its minimum at the same weights; as a metric there is `rmse`",
}
"""What has no name of its own here, and what to do instead."""


def foreign_name(word: str, kind: str, names: Collection[str]) -> str | None:
    """What a loss, metric, optimizer, schedule or callback is called here."""
    return meaning(word, _BY_KIND.get(kind, {}), names)


def instead(word: str, kind: str) -> str:
    """What takes the place of a name that there is nothing for here; empty for others."""
    return _ELSEWHERE.get((kind, bare(word)), "")
