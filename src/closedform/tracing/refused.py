"""What is refused by name, with what to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

from closedform.tracing.place import refuse, refuse_whole

LISTED = "docs/functions-of-your-own.md lists what is."
GROUPS: tuple[tuple[str, str], ...] = (
    (
        "sort argsort partition lexsort topk top_k unique searchsorted digitize bucketize histogram bincount median "
        "quantile percentile",
        "What depends on the order of the values has no formula here; max and min of all entries have.",
    ),
    (
        "argmax argmin nonzero count_nonzero",
        "A place that depends on the values has no derivative; max, logsumexp and softmax have.",
    ),
    (
        "floor ceil round rint trunc fix frac remainder fmod mod rem floor_divide modf divmod",
        "Its derivative is zero almost everywhere: leave it out of what is differentiated.",
    ),
    (
        "isfinite isnan isinf isclose allclose array_equal nan_to_num nansum nanmean nanvar nanstd nanmax nanmin",
        "Formulas are of finite numbers: leave the test out, and clean the arrays before.",
    ),
    (
        "svd svdvals qr lu eig eigvals cond matrix_rank",
        "Of factorisations those of symmetric matrices are read: cholesky, eigh, eigvalsh.",
    ),
    (
        "convolve correlate conv1d conv2d conv3d conv_transpose1d conv_general_dilated max_pool1d avg_pool1d "
        "interpolate fft interp",
        "Write it as a product with a matrix.",
    ),
    (
        "scatter scatter-add scatter_add index_add index_fill index_copy put_along_axis fill_diagonal insert "
        "dynamic_update_slice empty_like new_zeros new_empty index_put",
        "Collect the parts in a list and put them together: np.stack(parts), np.concatenate or np.where.",
    ),
    (
        "bernoulli rand_like randn_like multinomial normal gumbel_softmax alpha_dropout rrelu",
        "It draws random numbers: draw them before, and hand them over as an argument.",
    ),
    ("cumprod cummax cummin logcumsumexp cumlogsumexp", "Of running ones cumsum is read: exp(cumsum(log(x)))."),
    ("lstm gru rnn_tanh rnn_relu", "Write the cell out, in a Python loop over the steps."),
    ("group_norm instance_norm", "Write the means and variances out, or use layer_norm."),
    ("multi_head_attention_forward", "Write the heads out, with scaled_dot_product_attention."),
    ("apply_along_axis meshgrid gradient", "Functions of whole arrays are read; x[:, None] and x[None] make a grid."),
    ("arctan2 atan2", "Write arctan(y / x) where x is positive."),
)
HINTS = {name: hint for names, hint in GROUPS for name in names.split()}


FILLED = "Collect the parts in a list and put them together: np.stack(parts), np.concatenate or np.where."
"""What to write instead of filling an array part by part."""


def no_array(out: Any) -> NoReturn:
    """Refuse what a function gave back, which is not one array."""
    if out is None:
        refuse_whole("the function gives nothing back", "Let it return its value.")
    if isinstance(out, list | tuple):
        refuse_whole("the function gives several values; give one array", "Return one of them, or np.stack([…]).")
    refuse_whole(f"the function gives {type(out).__name__}, not an array", "Return one array.")


def unread(what: str, name: str) -> NoReturn:
    """Refuse a call by its name."""
    plain = name.rpartition(".")[2].removeprefix("linalg_")
    refuse(f"{what} is not read here", HINTS.get(plain, LISTED))
