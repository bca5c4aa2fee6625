"""What chance finds: how good a search looks where there is nothing to find, and how far a mean may be off.

Search H units for the one that follows a label, and some unit is always the best. Is its score high? Hold it against
the scores of the same search with the labels shifted along the text: they keep their long runs, as the units keep
theirs, but have nothing to do with the text any more. Notebook 08 builds `auc` and the search by hand.

A score that rests on ten passages is no better known than ten numbers are, however many characters they have: so
count the `segments`, and let a mean over characters carry the interval that resampling whole pieces of text gives.
"""

import numpy as np


def correlation(values, labels):
    """Correlate each column of values, shape (N, H), or one, shape (N,), with labels, shape (N,).

    A column or a label that never changes has no correlation with anything: 0.
    """
    v, y = _score_table(values, np.asarray(labels, dtype=float))
    return y @ v


def auc(values, labels):
    """Return how often a column is higher on a yes than on a no (a tie counts half): the area under the curve.

    Parameters
    ----------
    values : ndarray of shape (N, H) or (N,)
    labels : bool ndarray of shape (N,)
        Of both kinds.

    Returns
    -------
    auc : ndarray of shape (H,), or float
    """
    v, y = _score_table(values, np.asarray(labels, dtype=bool))
    return 0.5 + y @ v


def score(values, labels):
    """Return the AUC if the labels are bool, the correlation if they are numbers."""
    return auc(values, labels) if np.asarray(labels).dtype == bool else correlation(values, labels)


def best_unit(values, labels):
    """Return the column with the score farthest from chance, and the sign that makes high mean yes (or more)."""
    v, y = _score_table(values, np.asarray(labels))
    above = y @ v
    unit = int(np.abs(above).argmax())
    return unit, -1.0 if above[unit] < 0 else 1.0


def search(values, labels, first, second):
    """Choose the best unit, and its sign, on the rows `first`; return its score on the rows `second`."""
    unit, sign = best_unit(values[first], labels[first])
    return float(score(sign * values[second, unit], labels[second]))


def null_scores(values, labels, first, second, *, shifts=200, rng):
    """Search again and again with the labels shifted: the scores of `search` where there is nothing to find.

    In each part the labels go round in a circle, by a tenth to nine tenths of it, drawn at random: each part keeps its
    number of yeses, and the labels keep their runs.

    Parameters
    ----------
    values : ndarray of shape (N, H)
        The states over a text.
    labels : ndarray of shape (N,)
        Bool (scored by AUC) or numbers (scored by correlation).
    first, second : int ndarrays
        The rows on which the unit is chosen, and those on which it is scored, each in the order of the text.
    shifts : int, default 200
    rng : numpy.random.Generator

    Returns
    -------
    scores : ndarray of shape (shifts,)
        Of the best of H units, chosen anew each time.

    Raises
    ------
    ValueError
        If the labels of a part are all alike, or there are fewer than ten rows in it.
    """
    labels, above = np.asarray(labels), []
    for part in (first, second):
        v, y = _score_table(values[part], labels[part])
        above.append(_turned(y, shifts, rng) @ v)  # (shifts, H)
    units = np.abs(above[0]).argmax(axis=1)[:, np.newaxis]
    chosen, scored = (np.take_along_axis(part, units, axis=1)[:, 0] for part in above)
    return (0.5 if labels.dtype == bool else 0) + np.where(chosen < 0, -1, 1) * scored


def null_probe_scores(values, labels, first, second, *, shifts=200, rng):
    """Fit a linear probe again and again with the labels shifted: `null_scores` for all units together.

    Least squares with a constant on the rows `first`, scored on the rows `second`. Parameters and result as there.
    """
    labels = np.asarray(labels)
    fitted, scored = (_turned(labels[part], shifts, rng) for part in (first, second))
    guesses = probe(values[first], fitted.T, values[second]).T
    return np.array([score(guess, y) for guess, y in zip(guesses, scored, strict=True)])


def probe(values, labels, others):
    """Fit a linear probe, least squares with a constant, and return its guess for other rows.

    By the normal equations, much faster than a decomposition of all rows. Directions in which the values hardly
    vary (a millionth of the most) are left out.

    Parameters
    ----------
    values : ndarray of shape (N, H)
    labels : ndarray of shape (N,) or (N, K)
    others : ndarray of shape (M, H)

    Returns
    -------
    guess : ndarray of shape (M,) or (M, K)
    """
    X, X_others = (np.column_stack((part, np.ones(len(part)))) for part in (values, others))
    squares, directions = np.linalg.eigh(X.T @ X)
    directions = directions[:, squares > 1e-12 * squares[-1]]
    squares = squares[squares > 1e-12 * squares[-1]]
    along = directions.T @ (X.T @ np.asarray(labels, dtype=float))
    return X_others @ (directions @ (along.T / squares).T)


def p_value(found, null):
    """Return how often chance does as well: the share of scores, `found` among them, that are `found` or more."""
    return (1 + np.count_nonzero(np.asarray(null) >= found)) / (1 + len(null))


def segments(labels):
    """Count the passages behind a label: how often it falls, or still stands at the end ([0, 1, 1, 0, 1] -> 2).

    Of a yes/no label, the passages that are a yes; of a place in the line, the lines; of an indent, the indented lines.
    """
    falls = np.diff(np.append(np.asarray(labels).astype(float), 0)) < 0
    return int(falls.sum())


def bootstrap_interval(values, pieces, *, draws=1000, level=0.95, rng):
    """Return an interval for the mean of values that come in pieces: the pieces are drawn again, with replacement.

    Characters of one line, or one page, are surprising together; so it is lines or pages that are drawn, whole.

    Parameters
    ----------
    values : ndarray of shape (N,)
        Bits for each character, say, or what one network pays more than another.
    pieces : int ndarray of shape (N,)
        Which piece each value belongs to: `np.arange(N) // 1000`, or the number of the line.
    draws : int, default 1000
    level : float, default 0.95
    rng : numpy.random.Generator

    Returns
    -------
    low, high : float
        Where the middle `level` of the means of all draws lies.

    Raises
    ------
    ValueError
        If the values and the pieces differ in number, or there are fewer than two pieces.
    """
    values, pieces = np.asarray(values, dtype=float), np.asarray(pieces)
    if values.shape != pieces.shape or values.ndim != 1:
        raise ValueError(f"expected a piece for each value, got {values.shape} values and {pieces.shape} pieces")
    _, piece, counts = np.unique(pieces, return_inverse=True, return_counts=True)
    if len(counts) < 2:
        raise ValueError(f"expected two pieces or more, got {len(counts)}")
    sums = np.bincount(piece, weights=values)
    drawn = rng.integers(len(counts), size=(draws, len(counts)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def ranks(values):
    """Rank values from 1 (lowest) to N; equal ones share the mean of their ranks."""
    order = np.argsort(values)
    ordered, ranked = np.asarray(values)[order], np.empty(len(values))
    edges = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(values)]))  # of equal ones
    ranked[order] = np.repeat((edges[:-1] + edges[1:] + 1) / 2, np.diff(edges))
    return ranked


def _turned(labels, shifts, rng):
    """Return the labels of one part, turned in their circle by a tenth to nine tenths of it: shape (shifts, N)."""
    n = len(labels)
    if n < 10 or (labels == labels[0]).all():
        raise ValueError(f"expected ten rows or more, and labels of both kinds, got {n} of {np.unique(labels)[:5]}")
    return np.stack([np.roll(labels, turn) for turn in rng.integers(n // 10, n - n // 10 + 1, size=shifts)])


def _score_table(values, labels):
    """Return v and y such that y @ v is each column's score above chance, for y in any order as well."""
    values = np.asarray(values, dtype=float)
    if len(values) != len(labels):
        raise ValueError(f"expected a label for each row, got {len(labels)} labels and {len(values)} rows")
    if labels.dtype == bool:
        P, N = labels.sum(), len(labels)
        if not 0 < P < N:
            raise ValueError(f"expected labels of both kinds, got {P} yes of {N}")
        v = np.apply_along_axis(ranks, 0, values) - (N + 1) / 2  # the mean rank, so that only the yeses count
        return v / (P * (N - P)), labels.astype(float)
    return _unit_length(values), _unit_length(labels.astype(float))


def _unit_length(values):
    """Subtract the mean of each column and divide by its length; what never changes becomes zeros."""
    centred = values - values.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    tiny = length <= 1e-12 * np.abs(values).max(axis=0) * np.sqrt(len(values))
    return np.where(tiny, 0, centred) / np.where(tiny, 1, length)
