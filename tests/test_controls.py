"""The helpers of notebook 08 give what its cells would give one by one."""

import numpy as np
import pytest

from course import controls, nulls
from rnnlib import language_model, losses, lstm, rnn


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_current_character_guesses_its_mean_label():
    ids, labels = np.array([0, 1, 0, 1, 0, 2]), np.array([1, 0, 0, 0, 9, 9])
    guess = controls.one_character(ids, labels, np.arange(4), np.arange(4, 6))
    assert guess.tolist() == [0.5, 0]  # 2 was never seen


def test_a_probe_is_least_squares_with_a_constant(rng):
    h, y = rng.standard_normal((60, 3)), rng.random(60) < 0.5
    exact = h @ [1.0, -2.0, 0.5] + 3
    assert np.allclose(controls.by_probe(h[:30], exact[:30], h[30:]), exact[30:])
    assert controls.by_probe(h[:30], y[:30], h[30:]).shape == (30,)


@pytest.mark.parametrize("method", [controls.by_best_unit, controls.by_probe])
def test_a_table_has_the_scores_of_all_controls(rng, method, capsys):
    N, first, second = 400, np.arange(200), np.arange(200, 400)
    y = np.repeat(rng.random(N // 10) < 0.5, 10)
    knows = np.column_stack([rng.standard_normal(N), y + 0.1 * rng.standard_normal(N)])
    networks = {"trained": [knows], "untrained": [rng.standard_normal((N, 2)) for _ in range(2)]}
    kept = rng.random(N) < 0.8
    labels = {"in": y, "place": np.arange(N) % 10, "left out": y}
    table = controls.compare(networks, labels, rng.integers(3, size=N), first, second,
                             among={"in": kept, "place": kept}, method=method)  # fmt: skip
    assert list(table) == ["in", "place"] and [row["score"] for row in table.values()] == ["AUC", "r"]
    fit, judge = first[kept[first]], second[kept[second]]
    row = table["in"]
    assert row["trained"] == nulls.score(method(knows[fit], y[fit], knows[judge]), y[judge]) > 0.99
    assert row["untrained"] < 0.7 and row["one character"] < 0.7 and 0.4 < row["chance, up to"] < 0.95
    assert row["passages"] == f"{nulls.segments(y[fit])} + {nulls.segments(y[judge])}"
    controls.show(table)
    lines = capsys.readouterr().out.splitlines()
    assert len({len(line) for line in lines}) == 1 and [line[:9] for line in lines[1:]] == ["in, AUC  ", "place, r "]


def test_copies_with_one_unit_frozen_are_networks_with_that_unit_frozen(rng):
    params = language_model.init_params(5, 4, rng=rng)
    params["W_hy"] *= 50
    ids, held = rng.integers(5, size=30), rng.uniform(-1, 1, 4)
    bits = controls.bits_of_each_frozen(params, ids, held)
    for unit in range(4):
        h, slow = np.zeros(4), []
        h[unit] = held[unit]
        for now, coming in zip(ids[:-1], ids[1:], strict=True):
            h = rnn.step(params, now, h)
            h[unit] = held[unit]
            slow.append(-losses.log_softmax(h @ params["W_hy"] + params["b_y"])[coming] / np.log(2))
        assert np.allclose(bits[:, unit], slow, atol=1e-4)


def test_a_held_copy_of_an_lstm_pays_for_it_and_a_unit_without_weights_costs_nothing(rng):
    params = language_model.init_params(5, 4, cell=lstm, rng=rng)
    params["W_hh"][2] = params["W_hy"][2] = 0  # nobody reads unit 2
    ids = rng.integers(5, size=30)
    extra = controls.bits_of_held_copies(params, ids, np.array([1, 2]), np.array([[0.9, 0.9], [2.0, 2.0]]))
    assert extra.shape == (29, 2) and np.abs(extra[:, 0]).max() > 1e-3 and np.allclose(extra[:, 1], 0)


@pytest.mark.parametrize("N", [3000, 3001, 17])
def test_streams_that_begin_early_read_as_one_run(rng, N):
    params = language_model.init_params(5, 4, cell=lstm, rng=rng)
    ids = rng.integers(5, size=1000 + N)
    hs, cs, _ = lstm.forward(params, ids[:, np.newaxis], language_model.init_state(params, 1, cell=lstm))
    h, c = controls.read_gated(params, ids[:1000], ids[1000:])
    assert np.allclose(h, hs[1001:, 0], atol=1e-8) and np.allclose(c, cs[1001:, 0], atol=1e-8)
