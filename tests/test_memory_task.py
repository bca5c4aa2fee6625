import numpy as np
import pytest
import reference

from course import memory_task
from rnnlib import gru, language_model, lstm, rnn
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
