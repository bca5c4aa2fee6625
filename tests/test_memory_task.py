import numpy as np
import pytest
import reference

from course import memory_task
from rnnlib import gru, language_model, lstm, optim, rnn
from rnnlib.gradcheck import complex_step, relative_error


@pytest.mark.parametrize("gap", [0, 1, 7])
def test_a_sequence_is_a_symbol_the_gap_and_the_question(gap):
    inputs, symbols = memory_task.sequences(gap, 50, rng=np.random.default_rng(1))
    for column, symbol in zip(inputs.T, symbols, strict=True):
        text = memory_task.VOCAB.decode(column)
        assert len(text) == gap + 2
        assert text[0] == memory_task.VOCAB.decode([symbol])
        assert text[0] in memory_task.SYMBOLS and set(text[1:-1]) <= set(memory_task.FILLERS) and text[-1] == "?"
    assert set(symbols) == set(range(8))


@pytest.mark.parametrize("cell", [rnn, gru, lstm], ids=lambda cell: cell.__name__)
def test_the_gradient_is_that_of_the_loss_at_the_question(cell):
    rng = np.random.default_rng(2)
    params = {name: 0.5 * rng.standard_normal(array.shape) for name, array in new(3, cell).items()}
    inputs, symbols = memory_task.sequences(3, 2, rng=rng)
    loss, grads = memory_task.loss_and_grads(params, inputs, symbols, cell=cell)

    def at_the_question(name, value):
        changed, total = {**params, name: value}, 0
        for column, symbol in zip(inputs.T, symbols, strict=True):
            state = np.zeros(cell.init_state(1, 3).shape)[..., 0, :]
            for i in column:
                state = cell.step(changed, i, state)
            z = cell.hidden(state) @ changed["W_hy"] + changed["b_y"]
            total = total - np.log(np.exp(z[symbol]) / np.exp(z).sum()) / len(symbols)
        return total

    assert loss == pytest.approx(at_the_question("b_y", params["b_y"]), rel=1e-12)
    for name in params:
        numeric = complex_step(lambda value, name=name: at_the_question(name, value), params[name])
        assert relative_error(grads[name], numeric) < 1e-12


def test_the_loss_is_the_last_one_of_a_slow_loop():
    rng = np.random.default_rng(3)
    params = {name: 0.5 * rng.standard_normal(array.shape) for name, array in new(4, rnn).items()}
    inputs, symbols = memory_task.sequences(5, 1, rng=rng)
    z = params["b_y"] + column_state(params, inputs[:, 0]) @ params["W_hy"]
    expected = np.log(np.exp(z).sum()) - z[symbols[0]]
    assert memory_task.loss_and_grads(params, inputs, symbols)[0] == pytest.approx(expected, rel=1e-12)


def column_state(params, ids):
    """Run the 2015 script's equation: columns, one-hot, one character at a time."""
    matrices = reference.columns(params)
    h = np.zeros_like(matrices["bh"])
    for i in ids:
        x = reference.one_hot(i, len(memory_task.VOCAB)).reshape(-1, 1)
        h = np.tanh(matrices["Wxh"] @ x + matrices["Whh"] @ h + matrices["bh"])
    return h[:, 0]


@pytest.mark.parametrize("cell", [rnn, gru, lstm], ids=lambda cell: cell.__name__)
def test_a_short_gap_is_learned_and_a_guess_has_one_in_eight(cell):
    rng = np.random.default_rng(4)
    params = new(16, cell)
    assert memory_task.accuracy(params, 2, rng=rng, cell=cell, batch_size=4000) < 0.5
    losses = list(memory_task.train(params, 2, 200, rng=rng, cell=cell))
    assert len(losses) == 200 and np.mean(losses[-10:]) < 0.3 < 2 < losses[0]
    assert memory_task.accuracy(params, 2, rng=rng, cell=cell) > 0.9
    untold = {**params, "W_xh": params["W_xh"].copy()}
    untold["W_xh"][:8] = 0  # all symbols look alike
    assert memory_task.accuracy(untold, 2, rng=rng, cell=cell, batch_size=4000) == pytest.approx(1 / 8, abs=0.03)


def test_the_same_seed_trains_the_same_network():
    runs = [new(5, rnn), new(5, rnn)]
    losses = [list(memory_task.train(params, 4, 5, rng=np.random.default_rng(6))) for params in runs]
    assert losses[0] == losses[1]
    assert all((runs[0][name] == runs[1][name]).all() for name in runs[0])


def new(hidden_size, cell):
    return language_model.init_params(len(memory_task.VOCAB), hidden_size, cell=cell, rng=np.random.default_rng(0))


def test_symbols_and_fillers_are_drawn_evenly_and_independently():
    """Not always the same, none left out, each stream and each place of the gap by itself."""
    inputs, symbols = memory_task.sequences(3, 8000, rng=np.random.default_rng(7))
    columns = [symbols, *(inputs[1:4] - 8)]
    for column in columns:
        counts = np.bincount(column, minlength=8)
        assert counts.shape == (8,) and np.abs(counts - 1000).max() < 4.5 * np.sqrt(1000 * 7 / 8)
    for i, one in enumerate(columns):
        for other in columns[:i]:
            pairs = np.bincount(8 * one + other, minlength=64)
            assert np.abs(pairs - 125).max() < 4.5 * np.sqrt(125)


def test_the_alphabet_is_eight_symbols_eight_fillers_and_the_question():
    assert (memory_task.SYMBOLS, memory_task.FILLERS, memory_task.RECALL) == ("ABCDEFGH", "abcdefgh", "?")
    assert memory_task.VOCAB.chars == "ABCDEFGHabcdefgh?"
    assert memory_task.VOCAB.encode("?").tolist() == [16]


def test_the_symbols_are_a_copy_of_the_first_row():
    inputs, symbols = memory_task.sequences(2, 5, rng=np.random.default_rng(0))
    symbols[:] = -1
    assert inputs[0].min() >= 0


def test_training_meets_every_gap_from_one_to_the_longest_and_batches_of_their_size(monkeypatch):
    met, right = [], memory_task.sequences

    def watched(gap, batch_size, *, rng):
        met.append((gap, batch_size))
        return right(gap, batch_size, rng=rng)

    monkeypatch.setattr(memory_task, "sequences", watched)
    list(memory_task.train(new(3, rnn), 4, 200, rng=np.random.default_rng(0), batch_size=2))
    assert {batch_size for _, batch_size in met} == {2}
    counts = np.bincount([gap for gap, _ in met], minlength=5)
    assert len(counts) == 5 and counts[0] == 0 and (np.abs(counts[1:] - 50) < 4.5 * np.sqrt(50 * 3 / 4)).all()
    memory_task.accuracy(new(3, rnn), 9, rng=np.random.default_rng(0))
    assert met[-1] == (9, 500)


def test_a_training_step_is_adam_on_the_gradient_clipped_to_a_norm_of_one():
    params, rng = new(6, rnn), np.random.default_rng(5)
    params["W_hy"] *= 300  # a gradient that has to be clipped
    expected = {name: array.copy() for name, array in params.items()}
    list(memory_task.train(params, 3, 3, rng=np.random.default_rng(5), learning_rate=0.02))
    optimizer = optim.Adam()
    for _ in range(3):
        inputs, symbols = memory_task.sequences(int(rng.integers(1, 4)), 32, rng=rng)
        loss, grads = memory_task.loss_and_grads(expected, inputs, symbols)
        norm = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
        assert norm > 1
        optimizer.update(expected, {name: grad / norm for name, grad in grads.items()}, 0.02)
    for name in params:
        np.testing.assert_allclose(params[name], expected[name], rtol=1e-9, atol=1e-12)


def test_the_share_of_right_answers_is_counted_at_the_question():
    """A network that always says "C": right where the symbol is a C."""
    params = {name: 0 * array for name, array in new(2, rnn).items()}
    params["b_y"][2] = 1
    _, symbols = memory_task.sequences(4, 1000, rng=np.random.default_rng(8))
    share = memory_task.accuracy(params, 4, rng=np.random.default_rng(8), batch_size=1000)
    assert type(share) is float and share == (symbols == 2).mean() and 0.05 < share < 0.2


@pytest.mark.parametrize(("gap", "batch_size"), [(-1, 2), (2, 0), (2.0, 2), ("2", 2)])
def test_what_is_no_size_is_refused(gap, batch_size):
    with pytest.raises((ValueError, TypeError), match="expected"):
        memory_task.sequences(gap, batch_size, rng=np.random.default_rng(0))


def test_training_needs_a_gap():
    with pytest.raises(ValueError, match="expected gap of at least 1, got 0"):
        next(memory_task.train(new(2, rnn), 0, 1, rng=np.random.default_rng(0)))


@pytest.mark.parametrize("cell", [rnn, gru, lstm], ids=lambda cell: cell.__name__)
def test_the_gradient_that_arrives_is_that_of_the_loss_with_respect_to_the_state(cell):
    """Both states of an LSTM count, and the mean over the sequences is a geometric one."""
    params = {name: 0.5 * np.random.default_rng(3).standard_normal(a.shape) for name, a in new(3, cell).items()}
    inputs, symbols = memory_task.sequences(4, 2, rng=np.random.default_rng(0))
    lengths = {}
    for d in (1, 2, 4):
        for b in range(2):
            state = cell.init_state(1, 3)
            for i in inputs[:-d, b : b + 1]:
                state = cell.step(params, i, state)

            def loss(state, b=b, d=d):
                for i in inputs[-d:, b : b + 1]:
                    state = cell.step(params, i, state)
                z = (cell.hidden(state) @ params["W_hy"] + params["b_y"])[0]
                return np.log(np.exp(z).sum()) - z[symbols[b]]

            lengths[d, b] = np.linalg.norm(complex_step(loss, state))
    expected = [np.sqrt(lengths[d, 0] * lengths[d, 1] / lengths[1, 0] / lengths[1, 1]) for d in (1, 2, 4)]
    shares = memory_task.arrives(params, [1, 2, 4], cell=cell, batch_size=2)
    np.testing.assert_allclose(shares, expected, rtol=1e-9)
