"""Exercises of notebook 14: a vanilla network from PyTorch's tensors, a GRU's gates from Keras's order."""

import numpy as np

from course.exercises import Exercise
from rnnlib.export import from_torch_names

_rng = np.random.default_rng(14)


# 14.1
def _tensors(V, H):
    return tuple(_rng.standard_normal(shape) for shape in [(H, V), (H, H), (H,), (H,)])


def _fetch(weight_ih, weight_hh, bias_ih, bias_hh):
    tensors = (weight_ih, weight_hh, bias_ih, bias_hh)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    H, V = tensors[0].shape
    output = {"weight": np.ones((V, H)), "bias": np.ones(V)}
    params, _ = from_torch_names(dict(zip(names, tensors, strict=True)) | output)
    return params["W_xh"], params["W_hh"], params["b_h"]


# 14.2
_KERNELS = tuple((_rng.standard_normal((V, 3 * H)),) for V, H in [(5, 3), (4, 2)])


def _in_order(*order):
    """Put the three parts of a kernel into another order."""

    def sort(kernel):
        parts = np.split(kernel, 3, axis=1)
        return np.hstack([parts[k] for k in order])

    return sort


EXERCISES = {
    "14.1": Exercise(
        right=_fetch,
        cases=(_tensors(5, 3), _tensors(4, 6)),
        parts=("`W_xh`", "`W_hh`", "`b_h`"),
        mistakes=(
            (
                "W_hh is not transposed. Its shape fits either way, but PyTorch keeps each matrix in the shape "
                "(outputs, inputs).",
                lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh, b_ih + b_hh),
            ),
            ("bias_hh is left out.", lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, b_ih)),
            ("bias_ih is left out.", lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, b_hh)),
            (
                "This is the mean of the two biases. Both are added to the sum that goes into tanh.",
                lambda W_ih, W_hh, b_ih, b_hh: (W_ih.T, W_hh.T, (b_ih + b_hh) / 2),
            ),
            (
                "Nothing is transposed: this is still PyTorch's layout.",
                lambda W_ih, W_hh, b_ih, b_hh: (W_ih, W_hh, b_ih + b_hh),
            ),
            (
                "W_xh has the right shape, but its rows are mixed up: reshape is not a transpose.",
                lambda W_ih, W_hh, b_ih, b_hh: (W_ih.reshape(W_ih.shape[::-1]), W_hh.T, b_ih + b_hh),
            ),
        ),
    ),
    "14.2": Exercise(
        right=_in_order(1, 0, 2),
        cases=_KERNELS,
        mistakes=(
            ("This is still Keras's order: z comes first.", lambda kernel: kernel.copy()),
            ("All three parts have moved. n was in its place.", _in_order(1, 2, 0)),
            ("All three parts have moved, n to the front.", _in_order(2, 0, 1)),
            ("The order is turned round. z and r change places; n stays.", _in_order(2, 1, 0)),
            ("z stands where r belongs, and n where z does.", _in_order(0, 2, 1)),
            ("This is transposed. Keras's kernel has the shape of W_xh already.", lambda kernel: kernel.T),
        ),
    ),
}
