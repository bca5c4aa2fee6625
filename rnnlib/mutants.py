"""Backward passes that are wrong by one edit each: what a gradient check has to find.

A check that has never failed proves nothing. Each mutant is the library's own source with one piece of text replaced,
so it cannot drift from the code; `plant` runs the edited source and gives a language model to check. Notebook 05 holds
every check against every mutant. The mistakes are the ones that people make: most were found in published code.
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
        "Nothing comes back from the time step after: h_t also feeds h_{t+1}, and that road is missing.",
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
        "W_hh not transposed", "rnn", "da[t].dot(W_hh.T, out=dh_next)", "da[t].dot(W_hh, out=dh_next)",
        "On the way back the gradient goes through the transpose of W_hh.",
    ),
    Mutant(
        "dh_next from dh", "rnn", "da[t].dot(W_hh.T, out=dh_next)", "dh.dot(W_hh.T, out=dh_next)",
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
        As `rnnlib.rnn`; with the bug in it, if that is where it is.

    Raises
    ------
    ValueError
        If the text to be replaced does not stand exactly once in the source.
    """
    modules = {name: _copy(name, mutant) for name in ("losses", "rnn", "language_model")}
    modules["language_model"].losses = modules["losses"]
    return modules["language_model"], modules["rnn"]


def _copy(name, mutant):
    source = inspect.getsource(importlib.import_module(f"rnnlib.{name}"))
    if mutant.module == name:
        if source.count(mutant.right) != 1:
            raise ValueError(f"{mutant.right!r} stands {source.count(mutant.right)} times in {name}.py, expected once")
        source = source.replace(mutant.right, mutant.wrong)
    copy = ModuleType(f"rnnlib.{name}")
    copy.__package__ = "rnnlib"
    exec(compile(source, f"<{name} with {mutant.name}>", "exec"), copy.__dict__)
    return copy
