"""The same training step and the same sampling, in rnnlib, in PyTorch and in JAX.

Every `*_training` returns a step that trains on the next block of shakespeare.txt and returns its loss as a number:
forward, backward, clip by global norm, Adam, the state carried on. All begin with the same weights and read the same
blocks, so that equal losses show that they do the same. float32; `measure` sets the number of threads.

rnnlib    what a learner runs: `training.train`, block by block from the text.
PyTorch   nn.RNN, nn.LSTM or nn.GRU on one-hot rows, nn.Linear, cross_entropy, clip_grad_norm_, Adam(fused=True):
          faster on the CPU than its default. Not torch.compile, which does not take recurrent layers. The second bias
          of its cell is kept at zero.
JAX       the whole step under one jit, lax.scan over time, all else one product for all time steps, W_xh[ids] as a
          lookup (faster than one-hot rows), buffers donated.

PyTorch and JAX get the blocks ready-made; cutting them is not counted.
"""

from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import cycle, islice

import numpy as np

from rnnlib import corpus, language_model, sampling, training
from rnnlib.batches import blocks
from rnnlib.vocab import Vocab

RATE, CLIP = 1e-3, 1.0
FOREVER = 10**9  # steps


def setup(cell, H):
    """Return the cell's module, the vocabulary, the text's ids and the initial weights: the same in every process."""
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    cell = import_module(f"rnnlib.{cell}")
    params = language_model.init_params(len(vocab), H, cell=cell, rng=np.random.default_rng(0), dtype=np.float32)
    return cell, vocab, vocab.encode(text), params


def rnnlib_training(cell, H, T, B):
    cell, vocab, ids, params = setup(cell, H)
    recipe = replace(
        training.MODERN, hidden_size=H, block_length=T, batch_size=B, steps=FOREVER,
        learning_rate=RATE, clip_norm=CLIP, warmup=0, decay=False,
    )  # fmt: skip
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(0), cell=cell, params=params)
    records = training.train(run, ids)
    return lambda: next(records).loss


def torch_modules(layer, V, H, params):
    """Return a recurrent layer and an output layer of PyTorch's that hold rnnlib's parameters."""
    import torch

    layer, output = layer(V, H), torch.nn.Linear(H, V)
    columns = {name: torch.as_tensor(array.T) for name, array in params.items()}
    bias = layer._parameters.get("bias_hh_l0", layer._parameters.get("bias_hh"))
    weights = [w for w in layer.parameters() if w is not bias] + list(output.parameters())
    with torch.no_grad():
        bias.zero_().requires_grad_(False)
        for weight, name in zip(weights, ("W_xh", "W_hh", "b_h", "W_hy", "b_y"), strict=True):
            weight.copy_(columns[name])
    return layer, output, weights


def torch_training(cell, H, T, B):
    import torch
    from torch.nn import functional as F

    _, vocab, ids, params = setup(cell, H)
    V = len(vocab)
    layers = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    layer, output, weights = torch_modules(layers[cell], V, H, params)
    optimizer = torch.optim.Adam(weights, lr=RATE, fused=True)
    data = cycle([(torch.as_tensor(x), torch.as_tensor(y)) for x, y in islice(blocks(ids, B, T), 50)])
    state = None

    def step():
        nonlocal state
        inputs, targets = next(data)
        hs, state = layer(F.one_hot(inputs, V).float(), state)
        state = tuple(part.detach() for part in state) if cell == "lstm" else state.detach()
        loss = F.cross_entropy(output(hs).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP)
        optimizer.step()
        return loss.item()

    return step


def jax_training(cell, H, T, B):
    import jax
    import jax.numpy as jnp

    _, vocab, ids, params = setup(cell, H)
    data = cycle([(jnp.asarray(x), jnp.asarray(y)) for x, y in islice(blocks(ids, B, T), 50)])

    def rnn(params, h, x):
        h = jnp.tanh(x + h @ params["W_hh"])
        return h, h

    def lstm(params, state, x):
        h, c = state
        i, f, g, o = jnp.split(x + h @ params["W_hh"], 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def gru(params, h, x):
        m = h @ params["W_hh"]
        r, z = jnp.split(jax.nn.sigmoid(x[:, : 2 * H] + m[:, : 2 * H]), 2, axis=-1)
        n = jnp.tanh(x[:, 2 * H :] + r * m[:, 2 * H :])
        h = (1 - z) * n + z * h
        return h, h

    def loss_and_state(params, state, inputs, targets):
        xs = params["W_xh"][inputs] + params["b_h"]
        state, hs = jax.lax.scan(partial({"rnn": rnn, "lstm": lstm, "gru": gru}[cell], params), state, xs)
        log_probs = jax.nn.log_softmax(hs @ params["W_hy"] + params["b_y"])
        return -jnp.take_along_axis(log_probs, targets[..., None], axis=-1).mean(), state

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(memory, state, inputs, targets):
        params, m, v, t = memory
        (loss, state), grads = jax.value_and_grad(loss_and_state, has_aux=True)(params, state, inputs, targets)
        norm = jnp.sqrt(sum((grad**2).sum() for grad in grads.values()))
        grads = {name: grad * jnp.minimum(1, CLIP / norm) for name, grad in grads.items()}
        t = t + 1
        m = {name: 0.9 * m[name] + 0.1 * grad for name, grad in grads.items()}
        v = {name: 0.999 * v[name] + 0.001 * grad**2 for name, grad in grads.items()}
        rate, root = RATE / (1 - 0.9**t), jnp.sqrt(1 - 0.999**t)
        params = {name: params[name] - rate * m[name] / (jnp.sqrt(v[name]) / root + 1e-8) for name in params}
        return (params, m, v, t), state, loss

    def zeros():
        return {name: jnp.zeros(array.shape) for name, array in params.items()}

    memory = {name: jnp.asarray(array) for name, array in params.items()}, zeros(), zeros(), jnp.zeros(())
    state = (jnp.zeros((B, H)), jnp.zeros((B, H))) if cell == "lstm" else jnp.zeros((B, H))

    def step():
        nonlocal memory, state
        memory, state, loss = update(memory, state, *next(data))
        return float(loss)

    return step


# --- Sampling: each returns a function that writes so many characters, one at a time, greedily or by lot --------------


def rnnlib_sampling(H, length, greedy):
    cell, vocab, _, params = setup("rnn", H)
    rng = np.random.default_rng(0)
    options = {"prompt": "A", "temperature": 0 if greedy else 1}
    return lambda: "".join(sampling.generate(params, vocab, length=length, rng=rng, cell=cell, **options))


def torch_sampling(H, length, greedy, layer):
    """`layer` is "RNN", the one that was trained, on blocks of one character, or "RNNCell"."""
    import torch
    from torch.nn import functional as F

    _, vocab, _, params = setup("rnn", H)
    V = len(vocab)
    cell, output, _ = torch_modules(getattr(torch.nn, layer), V, H, params)

    @torch.inference_mode()
    def write():
        i, state, chars = torch.tensor(vocab.encode("A")).long(), None, []
        for _ in range(length):
            x = F.one_hot(i, V).float()  # (1, V)
            answer = cell(x, state)
            state = answer[1] if layer == "RNN" else answer  # (1, H)
            z = output(state)
            i = z.argmax(-1) if greedy else torch.multinomial(z.softmax(-1), 1)[0]
            chars.append(vocab.chars[i.item()])
        return "".join(chars)

    return write
