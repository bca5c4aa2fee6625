"""Where does the time go? The parts of a training step and of writing, each alone, and the matrix products alone.

What the products take is what numpy cannot do without: the rest is the price of everything else. The parts are
timed as in the rows on the whole step: in turn, a process each.
"""

import numpy as np

from bench import peers
from bench.measure import compare
from rnnlib import language_model, losses, optim, products, sampling
from rnnlib.batches import blocks
from rnnlib.training import keep_freed_memory

GATES = {"rnn": 1, "lstm": 4, "gru": 3}  # H columns each


def part(name, cell, H, T, B):
    """Return a function that does one part of a training step: forward, loss, backward or update."""
    keep_freed_memory()
    cell, _, ids, params = peers.setup(cell, H)
    inputs, targets = next(blocks(ids, B, T))
    state = language_model.init_state(params, B, cell=cell)
    logits, trace = language_model.forward(params, inputs, state, cell=cell)
    _, dlogits = losses.cross_entropy(logits, targets)
    grads, _ = language_model.backward(params, inputs, trace, dlogits, cell=cell)
    adam = optim.Adam()

    def update():
        adam.update(params, optim.clip_by_norm(grads, peers.CLIP)[0], 0.0)

    return {
        "forward": lambda: language_model.forward(params, inputs, state, cell=cell) and None,
        "loss": lambda: losses.cross_entropy(logits, targets) and None,
        "backward": lambda: language_model.backward(params, inputs, trace, dlogits, cell=cell) and None,
        "update": update,
    }[name]


def bare(cell, H, T, B):
    """Return a function that does the matrix products of a training step, in their shapes and layouts, no more."""
    keep_freed_memory()
    N, gates, V = T * B, GATES[cell], 64
    rng = np.random.default_rng(0)

    def array(*shape):
        return rng.standard_normal(shape, dtype=np.float32)

    h, da, x, dz, W_hy = array(N, H), array(N, gates * H), array(N, V), array(N, V), array(H, V)
    back = (array(gates, B, H), array(gates, H, H)) if gates > 1 else (array(B, H), array(H, H))
    loops = [
        (products.into(np.empty((*a.shape[:-1], W.shape[-1]), np.float32), W), a)
        for a, W in [(array(B, H), array(H, gates * H)), back]
    ]

    def step():
        for multiply, a in loops:
            for _ in range(T):
                multiply(a)
        return [h @ W_hy, dz @ W_hy.T, h.T @ dz, h.T @ da, x.T @ da] and None

    return step


def writing(name, H):
    """Return a function that does one part of writing a character: step, logits, probs or draw."""
    cell, vocab, _, params = peers.setup("rnn", H)
    W_hy, b_y = params["W_hy"], params["b_y"]
    state, rng = cell.init_state(1, H, np.float32)[0], np.random.default_rng(0)
    logits = state.dot(W_hy) + b_y
    probs = sampling.next_probs(logits)
    once = {
        "step": lambda: cell.step(params, 1, state),
        "logits": lambda: cell.hidden(state).dot(W_hy) + b_y,
        "probs": lambda: sampling.next_probs(logits),
        "draw": lambda: vocab.chars[sampling.draw(probs, rng)],
    }[name]
    return lambda: [once() for _ in range(1000)] and None


def lines(steps):
    """Yield the report's part on where the time goes, in milliseconds."""
    names = "forward", "loss", "backward", "update"
    yield from ("", "## Where the time goes", "", "A training step, float32, one thread, its parts alone, in ms.")
    yield from ("*Products*: all its matrix products once more, in the same shapes and layouts, and nothing else.", "")
    yield f"| | {' | '.join(names)} | sum | products |"
    yield "| --- |" + " --- |" * (len(names) + 2)
    for cell, H, T, B in steps:
        sides = {name: (1, part, name, cell, H, T, B) for name in names} | {"products": (1, bare, cell, H, T, B)}
        seen = {name: 1e3 * timing.seconds for name, timing in compare(sides, seconds=3, first=2).items()}
        total = sum(seen[name] for name in names)
        columns = [*(seen[name] for name in names), total, seen["products"]]
        yield f"| {cell}, H={H} T={T} B={B} | " + " | ".join(f"{ms:.3g}" for ms in columns) + " |"
    names = "step", "logits", "probs", "draw"
    seen = compare({name: (1, writing, name, 100) for name in names}, seconds=2, first=1)
    parts = ", ".join(f"{name} {1e3 * seen[name].seconds:.2f}" for name in names)
    yield from ("", f"Writing 1,000 characters, H=100, one thread, in ms: {parts}.")
