"""A score for how well a network's states tell a feature of the text, and the controls to compare it with.

Each method is fitted on the states and labels of the first part of a text and guesses the labels of the second. Beside
the trained network stand untrained ones, the current character alone, and what chance finds (`course.nulls`). Notebook
08 takes the controls one by one.
"""

import numpy as np

from course import nulls
from rnnlib import language_model, losses, lstm, rnn


def by_best_unit(h_first, labels_first, h_second):
    """Return the values of the first part's best unit, its sign turned so that high means yes, on the second part."""
    unit, sign = nulls.best_unit(h_first, labels_first)
    return sign * h_second[:, unit]


def by_probe(h_first, labels_first, h_second):
    """Fit a linear probe, least squares with a constant, on the first part; return its guess for the second."""
    return nulls.probe(h_first, labels_first, h_second)


def one_character(ids, labels, first, second):
    """Guess a label from the current character alone: its mean label in the first part."""
    seen = np.bincount(ids[first], minlength=ids.max() + 1)
    total = np.bincount(ids[first], weights=labels[first], minlength=ids.max() + 1)
    return (total / np.maximum(seen, 1))[ids[second]]


def compare(networks, features, ids, first, second, *, among=None, method=by_best_unit, seed=0):
    """Score each feature on the second part, by several networks and by the controls.

    Parameters
    ----------
    networks : dict
        Name to a list of states, each of shape (N, H); of several, the best counts. The search in "trained" is
        repeated with shifted labels.
    features : dict
        Name to labels of shape (N,): bool (scored by AUC) or numbers (by correlation).
    ids : int ndarray of shape (N,)
        The current characters.
    first, second : int ndarrays
        The rows to fit on, and those to score on.
    among : dict, optional
        Name of a feature to the rows that count for it, a mask of shape (N,); only these features are scored.
    method : function, default by_best_unit
    seed : int, default 0
        Of the shifts.

    Returns
    -------
    table : dict
        Feature to a row, a dict: what the score is, the scores by column, the largest of 200 under shifted labels, and
        how many passages were fitted on and scored.
    """
    null = {by_best_unit: nulls.null_scores, by_probe: nulls.null_probe_scores}[method]
    table = {}
    for feature in among or features:
        y, rows = features[feature], (first, second)
        if among:
            rows = tuple(part[among[feature][part]] for part in rows)
        fit, judge = rows
        row = {"score": "AUC" if y.dtype == bool else "r"}
        for which, draws in networks.items():
            row[which] = max(nulls.score(method(h[fit], y[fit], h[judge]), y[judge]) for h in draws)
        row["one character"] = nulls.score(one_character(ids, y, fit, judge), y[judge])
        shifted = null(networks["trained"][0], y, fit, judge, rng=np.random.default_rng(seed))
        row["chance, up to"] = shifted.max()
        row["passages"] = f"{nulls.segments(y[fit])} + {nulls.segments(y[judge])}"
        table[feature] = row
    return table


def show(table):
    """Print a table of `compare`, a line for each feature."""
    columns = [*next(iter(table.values()))][1:]
    print(f"{'':24}" + "".join(f"{column:>15}" for column in columns))
    for feature, (kind, *scores, passages) in ((name, row.values()) for name, row in table.items()):
        print(f"{f'{feature}, {kind}':24}" + "".join(f"{value:15.3f}" for value in scores) + f"{passages:>15}")


def bits_of_each_frozen(params, ids, held):
    """Freeze every unit of a vanilla network in turn: copies of it read side by side, in copy u unit u is held.

    Parameters
    ----------
    params : dict
    ids : int ndarray of shape (T + 1,)
        Read from a state of zeros.
    held : ndarray of shape (H,)
        The value at which each unit is held.

    Returns
    -------
    bits : ndarray of shape (T, H)
        What copy u pays for each character after the first.
    """
    params = {name: array.astype(np.float32) for name, array in params.items()}  # half the time
    every, nats = np.arange(len(held)), np.empty((len(ids) - 1, len(held)))
    h = np.diag(held).astype(np.float32)
    for t, (now, coming) in enumerate(zip(ids[:-1], ids[1:], strict=True)):
        h = rnn.step(params, np.full(len(held), now), h)
        h[every, every] = held
        nats[t] = -losses.log_softmax(h @ params["W_hy"] + params["b_y"])[:, coming]
    return losses.bits(nats)


def bits_of_held_copies(params, ids, units, held):
    """Let copies of an LSTM read side by side, each with one unit's h and c held, and one copy whole.

    Parameters
    ----------
    params : dict
    ids : int ndarray of shape (T + 1,)
    units : int ndarray of shape (K,)
    held : ndarray of shape (2, K)
        The values of h and of c.

    Returns
    -------
    extra : ndarray of shape (T, K)
        The bits that each copy pays for each character after the first, beyond what the whole network pays.
    """
    state = language_model.init_state(params, len(units) + 1, cell=lstm)
    copies, nats = np.arange(len(units)), np.empty((len(ids) - 1, len(units) + 1))
    for t, (now, coming) in enumerate(zip(ids[:-1], ids[1:], strict=True)):
        state = lstm.step(params, np.full(len(units) + 1, now), state)
        state[:, copies, units] = held
        nats[t] = -losses.log_softmax(state[0] @ params["W_hy"] + params["b_y"])[:, coming]
    return losses.bits(nats[:, :-1] - nats[:, -1:])


def read_gated(params, before, ids, streams=24):
    """Read a text with an LSTM, in streams side by side: nearly so many times as fast as in one.

    A stream begins 200 characters early, so that its state is the one that it would have had in a single run.

    Parameters
    ----------
    params : dict
    before : int ndarray
        What stands before `ids` in the text, 200 characters or more.
    ids : int ndarray of shape (N,)
    streams : int, default 24

    Returns
    -------
    h, c : ndarrays of shape (N, H)
    """
    early, length = 200, -(-len(ids) // streams)
    text = np.resize(np.concatenate((before[-early:], ids)), early + streams * length)  # the end is cut off again
    blocks = text[np.arange(streams) * length + np.arange(early + length)[:, np.newaxis]]
    hs, cs, _ = lstm.forward(params, blocks, language_model.init_state(params, streams, cell=lstm))
    return tuple(x[1 + early :].swapaxes(0, 1).reshape(-1, x.shape[-1])[: len(ids)] for x in (hs, cs))
