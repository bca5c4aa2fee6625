"""Backward passes that are wrong by one edit each: what a gradient check has to find.

A check that has never failed proves nothing. Each mutant is the library's own source with one piece of text replaced,
so it cannot drift from the code; `plant` runs the edited source and gives a language model to check. Notebook 05 holds
the check against MUTANTS, those of the vanilla network, and notebook 10 the check of the gated cells against GATED.
EDITS are the mistakes of MUTANTS once more, as edits of the loop that notebook 05 writes by hand; `edited` makes them.
The mistakes are the ones that people make: most were found in published code.
"""

import importlib
import inspect
from types import ModuleType
from typing import NamedTuple


class Mutant(NamedTuple):
    """One planted bug."""

    name: str
    module: str  # of rnnlib
    right: str  # stands exactly once in the module's source
    wrong: str  # what replaces it
    mistake: str  # one sentence for the learner


MUTANTS = (
    Mutant(
        "no dh_next", "rnn", "np.add(dhs[t], dh_next, out=dh)", "np.add(dhs[t], 0, out=dh)",
        "Nothing comes back from the time step after: h_t also feeds h_{t+1}, and that path is missing.",
    ),
    Mutant(
        "no tanh derivative", "rnn", "dtanh = 1 - hs[1:] ** 2", "dtanh = np.ones_like(hs[1:])",
        "The derivative of tanh is missing: da = dh * (1 - h²), not dh.",
    ),
    Mutant(
        "1 - h", "rnn", "dtanh = 1 - hs[1:] ** 2", "dtanh = 1 - hs[1:]",
        "The derivative of tanh is 1 - h², with the square.",
    ),
    Mutant(
        "tanh derivative at h_{t-1}", "rnn", "dtanh = 1 - hs[1:] ** 2", "dtanh = 1 - hs[:-1] ** 2",
        "The derivative of tanh belongs to the state that tanh gave, h_t, not to the one before.",
    ),
    Mutant(
        "h_t in dW_hh", "rnn", '"W_hh": hs[:-1]', '"W_hh": hs[1:]',
        "This is what you get with h_t where h_{t-1} belongs: W_hh was multiplied with the state before.",
    ),
    Mutant(
        "first state wraps to the last", "rnn", '"W_hh": hs[:-1]', '"W_hh": hs[np.r_[T, 1:T]]',
        "The first time step takes the last state of the block for the one before: an index of -1 that wraps around.",
    ),
    Mutant(
        "W_hh not transposed", "rnn", 'params["W_hh"].T)', 'params["W_hh"])',
        "On the way back the gradient goes through the transpose of W_hh.",
    ),
    Mutant(
        "dh_next from dh", "rnn", "multiply(da[t])", "multiply(dh)",
        "What goes back through W_hh is da, the gradient before tanh, not dh.",
    ),
    Mutant(
        "time walked forwards", "rnn", "for t in reversed(range(T))", "for t in range(T)",
        "The gradient comes from the time step after, so the loop runs from the last step to the first.",
    ),
    Mutant(
        "b_h: = for +=", "rnn", '"b_h": da.sum(axis=0)', '"b_h": da[:B].sum(axis=0)',
        "Only one time step is left in db_h: every step used the bias, so all of them are added up (+=, not =).",
    ),
    Mutant(
        "W_xh: repeated ids lost", "rnn", '"W_xh": x.T @ da',
        '"W_xh": x.T @ (da * (np.arange(T * B) == (T * B - 1 - np.argmax(x[::-1] @ x.T, axis=0)))[:, None])',
        "A character that stands twice in the block counts once: dW_xh[ids] += da keeps only the last of equal ids.",
    ),
    Mutant(
        "no gradient of the initial state", "rnn", "hs, da), dh_next", "hs, da), np.zeros_like(dh_next)",
        "The initial state is treated as a constant: the loss does depend on it.",
    ),
    Mutant(
        "initial state: dh for dh_next", "rnn", "hs, da), dh_next", "hs, da), dh",
        "This is the gradient of h_1; one more step through tanh and W_hh leads to the initial state.",
    ),
    Mutant(
        "W_hy: h_{t-1} for h_t", "language_model", "h = _output_inputs(trace, cell, mask).reshape",
        "h = cell.unpack(trace)[0][:-1].reshape",
        "The output at time t is made of h_t, the state after reading the character, not of the one before.",
    ),
    Mutant(
        "b_y forgotten", "language_model", 'grads["b_y"] = dz.sum(axis=0)', 'grads["b_y"] = np.zeros(V)',
        "The output bias gets no gradient, so it never learns how frequent the characters are.",
    ),
    Mutant(
        "b_y: mean for sum", "language_model", 'grads["b_y"] = dz.sum(axis=0)', 'grads["b_y"] = dz.mean(axis=0)',
        "The mean over the block is already in the loss; here the time steps are added, not averaged again.",
    ),
    Mutant(
        "only the last output", "language_model", "dhs = (dz @ W_hy.T).reshape(T, B, -1)",
        "dhs = (dz @ W_hy.T).reshape(T, B, -1) * (np.arange(T) == T - 1)[:, None, None]",
        "Only the last time step's loss reaches the hidden states, though every time step predicts.",
    ),
    Mutant(
        "sum for mean", "losses", "p /= len(z)", "p /= 1",
        "The loss is a mean over all targets, so its gradient is divided by their number.",
    ),
    Mutant(
        "mean over time only", "losses", "p /= len(z)", "p /= len(logits)",
        "The loss is a mean over all T times B targets; this divides by T alone.",
    ),
    Mutant(
        "p for p - y", "losses", "p[true] -= 1", "p[true] -= 0",
        "The gradient of the logits is p - y: the 1 of the true character is not subtracted.",
    ),
    Mutant(
        "y - p", "losses", "p[true] -= 1", "p[true] -= 1; p *= -1",
        "The sign is turned: this is the gradient of minus the loss.",
    ),
)  # fmt: skip



class Edit(NamedTuple):
    """One mistake in notebook 05's `my_backward`, by the name that it has in MUTANTS."""

    name: str
    right: str  # stands exactly once in the function's source
    wrong: str  # what replaces it


_DH, _DA = 'dh = dz[t] @ params["W_hy"].T + dh_next', "da = dh * (1 - hs[t + 1] ** 2)"
_BACK, _RETURN = 'dh_next = da @ params["W_hh"].T', "return grads, dh_next"
_DZ, _DB_Y = "dz = (p - np.eye(V)[targets]) / (T * B)", 'grads["b_y"] += dz[t].sum(axis=0)'

EDITS = (
    Edit("no dh_next", _DH, 'dh = dz[t] @ params["W_hy"].T'),
    Edit("no tanh derivative", _DA, "da = dh"),
    Edit("1 - h", _DA, "da = dh * (1 - hs[t + 1])"),
    Edit("tanh derivative at h_{t-1}", _DA, "da = dh * (1 - hs[t] ** 2)"),
    Edit("h_t in dW_hh", 'grads["W_hh"] += hs[t].T @ da', 'grads["W_hh"] += hs[t + 1].T @ da'),
    Edit("first state wraps to the last", 'grads["W_hh"] += hs[t].T @ da', 'grads["W_hh"] += hs[t or -1].T @ da'),
    Edit("W_hh not transposed", _BACK, 'dh_next = da @ params["W_hh"]'),
    Edit("dh_next from dh", _BACK, 'dh_next = dh @ params["W_hh"].T'),
    Edit("time walked forwards", "for t in reversed(range(T)):", "for t in range(T):"),
    Edit("b_h: = for +=", 'grads["b_h"] += da.sum(axis=0)', 'grads["b_h"] = da.sum(axis=0)'),
    Edit("W_xh: repeated ids lost", 'np.add.at(grads["W_xh"], inputs[t], da)', 'grads["W_xh"][inputs[t]] += da'),
    Edit("no gradient of the initial state", _RETURN, "return grads, np.zeros_like(dh_next)"),
    Edit("initial state: dh for dh_next", _RETURN, "return grads, dh"),
    Edit("W_hy: h_{t-1} for h_t", 'grads["W_hy"] += hs[t + 1].T @ dz[t]', 'grads["W_hy"] += hs[t].T @ dz[t]'),
    Edit("b_y forgotten", _DB_Y, "pass"),
    Edit("b_y: mean for sum", _DB_Y, 'grads["b_y"] += dz[t].mean(axis=0)'),
    Edit("only the last output", _DH, 'dh = dz[t] @ params["W_hy"].T * (t == T - 1) + dh_next'),
    Edit("sum for mean", _DZ, "dz = p - np.eye(V)[targets]"),
    Edit("mean over time only", _DZ, "dz = (p - np.eye(V)[targets]) / T"),
    Edit("p for p - y", _DZ, "dz = p / (T * B)"),
    Edit("y - p", _DZ, "dz = (np.eye(V)[targets] - p) / (T * B)"),
)

GATED = (
    Mutant(
        "no dh_next", "lstm", "np.add(dhs[t], dh_next, out=dh)", "dh[:] = dhs[t]",
        "h_t also feeds the gates and the candidate of the time step after; what comes back from there is missing.",
    ),
    Mutant(
        "no dc_next", "lstm", "dc = dc_next + dh * o", "dc = dh * o",
        "c_t goes on to c_{t+1} as well; what comes back from there is missing.",
    ),
    Mutant(
        "dc_next without f", "lstm", "dc_next = dc * f", "dc_next = dc",
        "c_t holds f times c_{t-1}, so on the way back dc is multiplied with f.",
    ),
    Mutant(
        "dh_next overwritten too early", "lstm", "np.multiply(dh, hs[t + 1]",
        "da_o[:] = 0; multiply(da); np.multiply(dhs[t] + parts.sum(axis=0), hs[t + 1]",
        "The output gate gets its share after dh_next has become the one for the time step before.",
    ),
    Mutant(
        "dh_next: = for +=", "lstm", "parts.sum(axis=0, out=dh_next)", "dh_next[:] = parts[3]",
        "The gates and the candidate read h_{t-1}, so four gradients are added (+=, not =); here the last is left.",
    ),
    Mutant(
        "no derivative of the input gate", "lstm", "g * i * (1 - i)", "g",
        "The derivative of the input gate's sigmoid, i (1 - i), is missing.",
    ),
    Mutant(
        "no derivative of g", "lstm", "i * (1 - g**2)", "i",
        "The derivative of the tanh in g, 1 - g², is missing.",
    ),
    Mutant(
        "no derivative of tanh(c)", "lstm", "dh * o * (1 - tanh_c**2)", "dh * o",
        "h = o tanh(c): the derivative of this tanh, 1 - tanh(c)², is missing.",
    ),
    Mutant(
        "dc without o", "lstm", "dh * o * (1 - tanh_c**2)", "dh * (1 - tanh_c**2)",
        "h = o tanh(c): what goes from dh to dc passes the output gate.",
    ),
    Mutant(
        "1 - h² for 1 - tanh(c)²", "lstm", "dh * o * (1 - tanh_c**2)", "dh * o * (1 - hs[t + 1] ** 2)",
        "h is o tanh(c), not tanh(c): 1 - h² is the vanilla network's derivative.",
    ),
    Mutant(
        "c for tanh(c)", "lstm", "hs[t + 1] * (1 - o)", "cs[t + 1] * o * (1 - o)",
        "The output gate multiplies tanh(c), so its gradient has tanh(c), not c.",
    ),
    Mutant(
        "c_t for c_{t-1}", "lstm", "cs[t] * f * (1 - f)", "cs[t + 1] * f * (1 - f)",
        "The forget gate multiplied the memory before the time step, c_{t-1}, not the one after.",
    ),
    Mutant(
        "sigmoid twice", "lstm", "hs[t + 1] * (1 - o)", "tanh_c * sigmoid(o) * (1 - sigmoid(o))",
        "o is the sigmoid's value already: its derivative is o (1 - o), without a second sigmoid.",
    ),
    Mutant(
        "tanh twice", "lstm", "i * (1 - g**2)", "i * (1 - np.tanh(g) ** 2)",
        "g is the tanh's value already: its derivative is 1 - g², without a second tanh.",
    ),
    Mutant(
        "i and f swapped", "lstm", "da_i, da_f, da_g, da_o = ", "da_f, da_i, da_g, da_o = ",
        "The gradients of two gates stand in each other's columns.",
    ),
    Mutant(
        "no gradient of the initial c", "lstm", "np.stack((dh_next, dc_next))",
        "np.stack((dh_next, np.zeros_like(dc_next)))",
        "The initial memory is treated as a constant: the loss does depend on it.",
    ),
    Mutant(
        "no dh_next", "gru", "dh = dhs[t] + dh_next", "dh = dhs[t]",
        "h_t also feeds h_{t+1}, by four ways; what comes back from there is missing.",
    ),
    Mutant(
        "dh_next without dh z", "gru", "dh_next = dh * z + parts", "dh_next = parts",
        "h_t holds z times h_{t-1} itself: this direct way back is the one that reaches far, and it is missing.",
    ),
    Mutant(
        "no reset gate on the way back", "gru", "np.multiply(da[2], r, out=dm[2])", "dm[2] = da[2]",
        "The reset gate multiplies h_{t-1} W_hh before the tanh, so it multiplies the gradient on the way back.",
    ),
    Mutant(
        "no reset gate in dW_hh", "gru", "hs, das, dms), dh_next", "hs, das), dh_next",
        "n's part of dW_hh lacks the reset gate, which stands between W_hh and the tanh.",
    ),
    Mutant(
        "z for 1 - z", "gru", "(1 - z) * (1 - n**2)", "z * (1 - n**2)",
        "h_t = (1 - z) n + z h_{t-1}: n is weighed with 1 - z, the state before with z.",
    ),
    Mutant(
        "no derivative of n", "gru", "(1 - z) * (1 - n**2)", "1 - z",
        "The derivative of the tanh in n, 1 - n², is missing.",
    ),
    Mutant(
        "no derivative of the update gate", "gru", "(hs[t] - n) * z * (1 - z)", "hs[t] - n",
        "The derivative of the update gate's sigmoid, z (1 - z), is missing.",
    ),
    Mutant(
        "n - h for h - n", "gru", "(hs[t] - n)", "(n - hs[t])",
        "z weighs the state before and 1 - z weighs n, so z's gradient has h_{t-1} - n; this has the other sign.",
    ),
    Mutant(
        "h_t for h_{t-1}", "gru", "(hs[t] - n)", "(hs[t + 1] - n)",
        "The update gate weighed the state before, h_{t-1}, not the one that came of it.",
    ),
    Mutant(
        "h for h W_hh", "gru", "da[2], ms[t]", "da[2], hs[t]",
        "The reset gate multiplied the product h_{t-1} W_hh, so that is in its gradient, not h_{t-1} alone.",
    ),
    Mutant(
        "sigmoid twice", "gru", "* z * (1 - z)", "* sigmoid(z) * (1 - sigmoid(z))",
        "z is the sigmoid's value already: its derivative is z (1 - z), without a second sigmoid.",
    ),
    Mutant(
        "no gradient of the initial state", "gru", "hs, das, dms), dh_next", "hs, das, dms), np.zeros_like(dh_next)",
        "The state before the block is treated as a constant: the loss does depend on it.",
    ),
)  # fmt: skip


def plant(mutant):
    """Run the edited source.

    Parameters
    ----------
    mutant : Mutant

    Returns
    -------
    language_model : module
        As `rnnlib.language_model`, with the bug in it.
    cell : module
        As the cell that the bug is in, with the bug in it; as `rnnlib.rnn`, if it is in none.

    Raises
    ------
    ValueError
        If the text to be replaced does not stand exactly once in the source.
    """
    cell = mutant.module if mutant.module in ("lstm", "gru") else "rnn"
    modules = {name: _copy(name, mutant) for name in ("losses", cell, "language_model")}
    modules["language_model"].losses = modules["losses"]
    return modules["language_model"], modules[cell]


def edit(source, mutant):
    """Return the source of the mutant's module with the bug in it; ValueError unless the edit applies exactly once."""
    if (count := source.count(mutant.right)) != 1:
        raise ValueError(f"{mutant.right!r} stands {count} times in {mutant.module}.py, expected once")
    return source.replace(mutant.right, mutant.wrong)


def _copy(name, mutant):
    source = inspect.getsource(importlib.import_module(f"rnnlib.{name}"))
    if mutant.module == name:
        source = edit(source, mutant)
    copy = ModuleType(f"rnnlib.{name}")
    copy.__package__ = "rnnlib"
    exec(compile(source, f"<{name} with {mutant.name}>", "exec"), copy.__dict__)
    return copy


def edited(function, right, wrong):
    """Return a function like this one, a piece of its source replaced; ValueError unless it stands there once."""
    source = inspect.getsource(function)
    if (count := source.count(right)) != 1:
        raise ValueError(f"{right!r} stands {count} times in {function.__name__}, expected once")
    names = dict(function.__globals__)
    exec(compile(source.replace(right, wrong), f"<{function.__name__} with {wrong}>", "exec"), names)
    return names[function.__name__]
