import numpy as np
import pytest

from course import nulls


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def in_runs(rng, n=2000, length=40):
    """Yes/no labels that stay the same for a while."""
    return np.repeat(rng.random(n // length) < 0.5, length)


def slow(rng, n=2000, units=30, keep=0.97):
    """Units that wander slowly, and know nothing of any label."""
    h = np.zeros((n, units))
    for t in range(1, n):
        h[t] = keep * h[t - 1] + rng.standard_normal(units)
    return h


def test_auc_is_the_share_of_pairs_won(rng):
    values, labels = rng.integers(5, size=(60, 3)), rng.random(60) < 0.3  # many ties
    for unit, found in zip(values.T, nulls.auc(values, labels), strict=True):
        wins = [(i > j) + 0.5 * (i == j) for i in unit[labels] for j in unit[~labels]]
        assert np.isclose(found, np.mean(wins), rtol=1e-12)
        assert np.isclose(nulls.auc(unit, labels), found, rtol=1e-12)


def test_auc_of_perfect_and_of_upside_down_units():
    labels = np.array([False, True, True, False])
    assert np.allclose(nulls.auc(np.array([0.1, 3, 4, 0.2]), labels), 1)
    assert np.allclose(nulls.auc(-np.array([0.1, 3, 4, 0.2]), labels), 0)
    assert np.allclose(nulls.auc(np.ones(4), labels), 0.5)


def test_correlation_is_numpys(rng):
    values, labels = rng.standard_normal((50, 4)), rng.integers(9, size=50)
    expected = [np.corrcoef(unit, labels)[0, 1] for unit in values.T]
    assert np.allclose(nulls.correlation(values, labels), expected, rtol=1e-12)
    assert np.isclose(nulls.correlation(values[:, 2], labels), expected[2], rtol=1e-12)


def test_a_unit_that_never_changes_correlates_with_nothing(rng):
    values = np.column_stack([np.full(50, 0.3), rng.standard_normal(50)])
    found = nulls.correlation(values, np.arange(50))
    assert found[0] == 0 and 0 < abs(found[1]) < 1


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("kind", [bool, int])
def test_the_best_unit_may_be_upside_down(rng, sign, kind):
    labels = rng.integers(2, size=100).astype(kind)
    values = rng.standard_normal((100, 5))
    values[:, 3] = sign * (labels + 0.1 * rng.standard_normal(100))
    assert nulls.best_unit(values, labels) == (3, sign)
    assert nulls.search(values, labels, np.arange(50), np.arange(50, 100)) > 0.95


def test_the_search_does_not_look_at_the_second_part(rng):
    labels = rng.random(100) < 0.5
    values = rng.standard_normal((100, 2))
    values[:50, 0] = labels[:50]  # perfect where it is chosen ...
    values[50:, 1] = labels[50:]  # ... and another would be perfect where it is scored
    first, second = np.arange(50), np.arange(50, 100)
    assert nulls.search(values, labels, first, second) == nulls.auc(values[second, 0], labels[second])


@pytest.mark.parametrize("kind", [bool, float])
def test_the_null_is_the_search_itself_under_shifted_labels(rng, kind):
    values, labels = rng.standard_normal((300, 6)).round(1), rng.integers(2, size=300).astype(kind)
    first, second = np.arange(0, 200, 2), np.arange(200, 300)
    found = nulls.null_scores(values, labels, first, second, shifts=20, rng=np.random.default_rng(5))
    again = np.random.default_rng(5)
    turns = [again.integers(len(part) // 10, len(part) - len(part) // 10 + 1, size=20) for part in (first, second)]
    for k in range(20):
        shifted = labels.copy()
        for part, turn in zip((first, second), turns, strict=True):
            shifted[part] = np.roll(labels[part], turn[k])
        assert np.isclose(found[k], nulls.search(values, shifted, first, second), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", [bool, float])
def test_the_null_of_a_probe_is_the_probe_itself_under_shifted_labels(rng, kind):
    values, labels = rng.standard_normal((300, 6)), rng.integers(2, size=300).astype(kind)
    first, second = np.arange(0, 200, 2), np.arange(200, 300)
    found = nulls.null_probe_scores(values, labels, first, second, shifts=5, rng=np.random.default_rng(5))
    again = np.random.default_rng(5)
    turns = [again.integers(10, 91, size=5) for _ in range(2)]
    for k in range(5):
        y_first, y_second = (np.roll(labels[part], t[k]) for part, t in zip((first, second), turns, strict=True))
        X = np.column_stack((values[first], np.ones(100)))
        w = np.linalg.solve(X.T @ X, X.T @ y_first)
        assert np.isclose(found[k], nulls.score(values[second] @ w[:-1] + w[-1], y_second), rtol=1e-9)


def test_what_has_runs_has_a_wider_null_than_what_is_shuffled(rng):
    values, labels = slow(rng), in_runs(rng)
    first, second = np.arange(1000), np.arange(1000, 2000)
    shifted = nulls.null_scores(values, labels, first, second, rng=rng)
    shuffled = [nulls.search(values, rng.permutation(labels), first, second) for _ in range(50)]
    assert shifted.shape == (200,) and abs(shifted.mean() - 0.5) < 0.05
    assert shifted.std() > 3 * np.std(shuffled)


def test_a_real_find_stands_out_of_the_null(rng):
    values, labels = slow(rng), in_runs(rng)
    values[:, 7] = labels + 0.5 * rng.standard_normal(2000)
    first, second = np.arange(1000), np.arange(1000, 2000)
    found = nulls.search(values, labels, first, second)
    null = nulls.null_scores(values, labels, first, second, rng=rng)
    assert found > null.max() and nulls.p_value(found, null) == 1 / 201


def test_a_null_changes_nothing_and_repeats(rng):
    values, labels = slow(rng, 200, 3), in_runs(rng, 200, 10)
    before, parts = (values.copy(), labels.copy()), (np.arange(100), np.arange(100, 200))
    one, two = (nulls.null_scores(values, labels, *parts, rng=np.random.default_rng(1)) for _ in range(2))
    assert (one == two).all() and (values == before[0]).all() and (labels == before[1]).all()


def test_one_unit_is_enough(rng):
    values, labels = slow(rng, 200, 1), in_runs(rng, 200, 10)
    found = nulls.null_scores(values, labels, np.arange(100), np.arange(100, 200), shifts=7, rng=rng)
    assert found.shape == (7,) and ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("labels", [np.zeros(40, dtype=bool), np.ones(40), np.arange(40) < 20])
def test_labels_that_are_all_alike_in_a_part_are_refused(rng, labels):
    with pytest.raises(ValueError, match="labels of both kinds"):
        nulls.null_scores(rng.standard_normal((40, 3)), labels, np.arange(20), np.arange(20, 40), rng=rng)


def test_labels_of_another_length_are_refused(rng):
    with pytest.raises(ValueError, match="4 labels and 5 rows"):
        nulls.auc(rng.standard_normal((5, 2)), np.array([True, False, True, False]))


def test_auc_of_one_kind_is_refused(rng):
    with pytest.raises(ValueError, match="4 yes of 4"):
        nulls.auc(np.arange(4), np.ones(4, dtype=bool))


def test_p_values_count_the_find_itself():
    assert nulls.p_value(0.9, [0.1, 0.5, 0.9, 0.95]) == 3 / 5
    assert nulls.p_value(2, [0.1] * 199) == 1 / 200


@pytest.mark.parametrize(
    ("labels", "count"),
    [
        ([False, True, True, False, True], 2),
        ([True, True], 1),
        ([False], 0),
        ([1, 2, 3, 0, 1, 2], 2),  # places in two words
        ([0, 1, 2, 2, 0, 0, 1, 2, 4], 2),  # the indents of two lines
        (np.array([3, 1], dtype=np.uint8), 2),
    ],
)
def test_segments(labels, count):
    assert nulls.segments(labels) == count


def test_the_interval_is_that_of_the_pieces_not_of_the_values(rng):
    means = rng.standard_normal(100)
    values = np.repeat(means, 50) + 0.1 * rng.standard_normal(5000)
    low, high = nulls.bootstrap_interval(values, np.arange(5000) // 50, rng=rng)
    half = 1.96 * means.std() / 10  # the standard error of 100 pieces
    assert low < values.mean() < high
    assert abs((high - low) / 2 - half) < 0.2 * half


def test_long_pieces_weigh_more(rng):
    values, pieces = np.array([1.0] * 90 + [0.0] * 10), np.array([7] * 90 + [-2] * 10)
    low, high = nulls.bootstrap_interval(values, pieces, draws=2000, level=0.4, rng=rng)
    assert (low, high) == (0.9, 0.9)  # half of all draws hold both pieces


def test_intervals_cover_as_often_as_they_say():
    rng, covered = np.random.default_rng(1), 0
    for _ in range(200):
        values = np.repeat(rng.standard_normal(60), 5)
        low, high = nulls.bootstrap_interval(values, np.arange(300) // 5, draws=400, level=0.9, rng=rng)
        covered += low < 0 < high
    assert 0.83 < covered / 200 < 0.96


def test_a_wider_level_gives_a_wider_interval():
    values, pieces = np.random.default_rng(2).random(400), np.arange(400) // 10
    rngs = np.random.default_rng(3), np.random.default_rng(3)
    inner, outer = (
        nulls.bootstrap_interval(values, pieces, level=p, rng=r) for p, r in zip((0.5, 0.99), rngs, strict=True)
    )
    assert outer[0] < inner[0] < inner[1] < outer[1]


@pytest.mark.parametrize(("values", "pieces"), [([1.0, 2.0], [0]), ([[1.0], [2.0]], [[0], [1]]), ([1.0, 2.0], [3, 3])])
def test_pieces_that_do_not_fit_are_refused(rng, values, pieces):
    with pytest.raises(ValueError, match="expected"):
        nulls.bootstrap_interval(values, pieces, rng=rng)


@pytest.mark.parametrize("dead", [False, True])
def test_a_probe_is_least_squares_with_a_constant(rng, dead):
    h, y = np.tanh(rng.standard_normal((300, 6))), rng.random((300, 2)) < 0.4
    if dead:  # a unit that never moves, and one that repeats another
        h[:, 2], h[:, 3] = 1, h[:, 4]
    X, X_other = (np.column_stack((part, np.ones(150))) for part in (h[:150], h[150:]))
    expected = X_other @ np.linalg.lstsq(X, y[:150].astype(float), rcond=None)[0]
    assert np.allclose(nulls.probe(h[:150], y[:150], h[150:]), expected, rtol=1e-9)
    assert np.allclose(nulls.probe(h[:150], y[:150, 0], h[150:]), expected[:, 0], rtol=1e-9)
