import numpy as np


def _by_axes(weight_ih, weight_hh, bias_ih, bias_hh):
    return [np.swapaxes(weight_ih, 0, 1), np.transpose(weight_hh), np.add(bias_hh, bias_ih)]


def _by_columns(weight_ih, weight_hh, bias_ih, bias_hh):
    turned = [np.array([[row[k] for row in W] for k in range(W.shape[1])]) for W in (weight_ih, weight_hh)]
    return *turned, np.sum([bias_ih, bias_hh], axis=0)


def _by_einsum(*tensors):
    return np.einsum("hv->vh", tensors[0]).copy(), np.einsum("ij->ji", tensors[1]), (tensors[2] + tensors[3]).tolist()


def _bias_added_in_place(weight_ih, weight_hh, bias_ih, bias_hh):
    bias_ih += bias_hh
    return weight_ih.T, weight_hh.T, bias_ih


def _gates(kernel, order=(1, 0, 2), axis=1):
    H = kernel.shape[1] // 3
    return np.take(kernel, [k * H + j for k in order for j in range(H)], axis=axis)


def _swapped_in_place(kernel):
    kernel[:] = _gates(kernel)
    return kernel


WRONG = {
    "14.1": [
        lambda W, U, a, b: (W.T, U.T, a - b),
        lambda W, U, a, b: (W, U.T, a + b),
        lambda W, U, a, b: (U.T, W.T, a + b),
        lambda W, U, a, b: (W.T, U.T),
        lambda W, U, a, b: (W.T, U.T, a, b),
        lambda W, U, a, b: (W.T, np.linalg.inv(U), a + b),
        lambda W, U, a, b: (W.T, U.T, np.concatenate([a, b])),
        lambda W, U, a, b: W.T,
        _bias_added_in_place,
    ],
    "14.2": [
        lambda kernel: kernel[:, ::-1],
        lambda kernel: kernel[::-1],
        lambda kernel: np.split(kernel, 3, axis=1),
        lambda kernel: np.vstack(np.split(_gates(kernel), 3, axis=1)),
        lambda kernel: _gates(kernel)[:, : kernel.shape[1] // 3],
        lambda kernel: np.roll(kernel, 1, axis=1),
        lambda kernel: -_gates(kernel),
        _swapped_in_place,
    ],
}
RIGHT = {
    "14.1": [_by_axes, _by_columns, _by_einsum],
    "14.2": [
        _gates,
        lambda kernel: kernel.reshape(len(kernel), 3, -1)[:, [1, 0, 2]].reshape(kernel.shape),
        lambda kernel: np.concatenate(
            [kernel[:, kernel.shape[1] // 3 * k :][:, : kernel.shape[1] // 3] for k in (1, 0, 2)], 1
        ),
    ],
}
