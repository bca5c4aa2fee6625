import numpy as np

from rnnlib import batches, language_model, optim, training


def _in_place(w, g, m, rate):
    m *= 0.9
    m += g
    w -= rate * m
    return w, m


def _on_lists(w, g, m, rate):
    m = [0.9 * a + b for a, b in zip(m, g, strict=True)]
    return [a - rate * b for a, b in zip(w, m, strict=True)], m


def _library(params, ids):
    """Let the library's own loop train the parameters, and put what it has learned back."""
    recipe = training.Recipe(
        hidden_size=len(params["b_h"]), batch_size=3, block_length=5, steps=batches.count_blocks(ids, 3, 5),
        optimizer="SGD", learning_rate=0.5, clip_norm=0.1,
    )  # fmt: skip
    run = training.start(recipe, len(params["b_y"]), rng=np.random.default_rng(0), params=params)
    block_losses = [record.loss for record in training.train(run, ids)]
    for name, array in run.params.items():
        params[name][...] = array
    return block_losses


def _loop(params, ids, rate=0.5, limit=0.1, last=True, state_once=False):
    losses, state, all_blocks = [], None, list(batches.blocks(ids, 3, 5))
    for k, (inputs, targets) in enumerate(all_blocks):
        loss, grads, after = language_model.loss_and_grads(params, inputs, targets, state)
        state = after if not (state_once and k) else state
        norm = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
        for name in params:
            if last or k < len(all_blocks) - 1:
                params[name] -= rate * grads[name] * min(1, limit / norm)
        losses.append(loss)
    return losses


def _on_a_copy(params, ids):
    return _loop({name: array.copy() for name, array in params.items()}, ids)


def _rebound(params, ids):
    """Bind new arrays to the names in the dict: the caller's dict has them."""
    losses, state = [], None
    for inputs, targets in batches.blocks(ids, 3, 5):
        loss, grads, state = language_model.loss_and_grads(params, inputs, targets, state)
        grads, _ = optim.clip_by_norm(grads, 0.1)
        params.update({name: params[name] - 0.5 * grads[name] for name in params})
        losses.append(loss)
    return np.array(losses)


WRONG = {
    "6.3": [("W_hy", "b_h"), ("w_hy", "b_y"), ("W_hy",), "W_hy, b_y", ("W_hy", "b_y\0"), ("W_hy", "b_y", "b_h"),
            {"W_hy", "b_y"}],
    "6.2": [
        lambda w, g, m, rate: (w - rate * (0.1 * m + g), 0.1 * m + g),
        lambda w, g, m, rate: (w - rate * m - 0.9 * g, m),
        lambda w, g, m, rate: w - rate * (0.9 * m + g),
        lambda w, g, m, rate: (w, 0.9 * m + g),
        lambda w, g, m, rate: (w - rate * (0.9 * m - g), 0.9 * m - g),
        lambda w, g, m, rate: (w.sum(), m.sum()),
        lambda w, g, m, rate: (w - (0.9 * m + g), 0.9 * m + g),
    ],
    "6.1": [
        _on_a_copy,
        lambda params, ids: _loop(params, ids, last=False),
        lambda params, ids: _loop(params, ids, rate=0.1),
        lambda params, ids: _loop(params, ids, limit=0.2),
        lambda params, ids: _loop(params, ids, state_once=True),
        lambda params, ids: _loop(params, ids)[-1],
        lambda params, ids: np.cumsum(_loop(params, ids)),
    ],
    "6.4": [(7, 7), (0, 0), (100, 50), 91, (np.inf, np.inf), ("many", "few"), (350, 350), ()],
}  # fmt: skip
RIGHT = {
    "6.3": [["W_hy", "b_y"], np.array(["W_hy", "b_y"]), ("W_" + "hy", "b_y")],
    "6.2": [_in_place, _on_lists, lambda w, g, m, rate: np.stack([w - rate * (0.9 * m + g), m * 0.9 + g])],
    "6.1": [_library, _loop, _rebound],
    "6.4": [],
}
