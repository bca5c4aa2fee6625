"""Every number on the live page: what its worker asks of rnnlib, a function for each question.

The page sends a line of JSON and gets one back (`answer`). Three things live here between two questions: a network that
writes, a network that learns, and the numbers of one word, step by step. They only call rnnlib, and so does the same
module on the command line: `python -c "import live; print(live.answer('{...}'))"`.

Values in -1..1 travel as text, a letter for each of 17 shades, which is all that the page draws.
"""

import dataclasses
import itertools
import json
import time

import numpy as np

from rnnlib import checkpoint, corpus, language_model, losses, ngram, optim, rnn, sampling, training
from rnnlib.batches import blocks
from rnnlib.vocab import Vocab

LEVELS = 8  # shades of either sign
ENDLESS = 10**9  # characters; whoever asks for them owns the decision to stop

LONGEST, SHORTEST = 300_000, 200  # characters of a text to learn from
JUDGED = 4_000  # held-out characters that the network and the n-grams are scored on
SENTENCE = 40  # characters under the hidden state
STREAMS, STEPS_BACK = 16, 25  # B and T


def answer(message):
    """Answer one question: JSON with the name of the question in "call" -> JSON, with "error" if it has no answer."""
    question = json.loads(message)
    try:
        return json.dumps(QUESTIONS[question.pop("call")](**question), allow_nan=False)
    except (ValueError, FloatingPointError, MemoryError) as error:
        return json.dumps({"error": str(error) or type(error).__name__})


def shades(values):
    """Return values in -1..1, of any shape, as letters: "a" is -1, "i" is 0, "q" is 1."""
    levels = np.rint(LEVELS * np.clip(values, -1, 1)).astype(int)
    return (levels + LEVELS + ord("a")).astype(np.uint8).tobytes().decode("ascii")


def known(vocab, text):
    """Split a text into what the vocabulary has and the other characters, each once."""
    unknown = "".join(dict.fromkeys(char for char in text if char not in vocab.chars))
    return "".join(char for char in text if char in vocab.chars), unknown


class Writer:
    """A trained network that goes on with a text, and what it thought at each character."""

    def __init__(self, name="shakespeare-rnn"):
        """Load one of the networks that the course ships."""
        self.params, self.vocab, self.cell = checkpoint.load_model(name)

    def begin(self, prompt="", seed=0, **settings):
        """Read the prompt from a state of zeros. The settings are those of `sampling.next_probs`."""
        prompt, unknown = known(self.vocab, prompt)
        self.rng, self.text = np.random.default_rng(seed), ""
        self.state = language_model.init_state(self.params, 1, cell=self.cell)
        before = self.cell.hidden(self.state)[0] @ self.params["W_hy"] + self.params["b_y"]
        self.logits, self.settings = [before], []  # logits[i] is what character i is drawn from
        self.change(prompt, **settings)
        return {"unknown": unknown, "hidden_size": len(self.params["W_hy"]), **self._read(prompt)}

    def change(self, prompt=None, **settings):
        """Write on with other settings: a new generator reads what stands there, with the random numbers to come."""
        prompt = self.text if prompt is None else prompt
        self.writing = sampling.generate(
            self.params, self.vocab, length=ENDLESS, rng=self.rng, prompt=prompt, cell=self.cell, **settings
        )
        self.settings.append((len(prompt), settings))
        return {}

    def write(self, length):
        """Write so many characters: the text, and the shades of all H units at each of them."""
        return self._read("".join(itertools.islice(self.writing, length)))

    def _read(self, text):
        self.text += text
        if not text:
            return {"text": "", "shades": ""}
        inputs = self.vocab.encode(text)[:, np.newaxis]  # (T, 1): one stream
        logits, trace = language_model.forward(self.params, inputs, self.state, cell=self.cell)
        hs, self.state = self.cell.unpack(trace)
        self.logits += [*logits[:, 0]]
        return {"text": text, "shades": shades(hs[1:, 0])}

    def expected(self, place, most=8):
        """Return the probabilities that the character at this place was drawn from: the largest, and its own."""
        settings = [each for start, each in self.settings if start <= place] or [{}]
        probs = sampling.next_probs(self.logits[place], **settings[-1])
        order = np.argsort(-probs, kind="stable")[:most]
        likely = [[self.vocab.chars[i], float(probs[i])] for i in order if probs[i] > 0]
        own = float(probs[self.vocab.chars.index(self.text[place])])
        return {"likely": likely, "own": own, "possible": int(np.count_nonzero(probs))}


class Learner:
    """A network that learns from a text, and the looks that are taken at it meanwhile."""

    def begin(self, name="", text="", cell="rnn", hidden_size=64, learning_rate=0.01, seed=0, dtype="float32"):
        """Take one of the course's texts, or the one given, and draw a network; nothing is learned yet."""
        text = (corpus.read_text(name) if name else text)[:LONGEST]
        if len(text) < SHORTEST or len(set(text)) < 2:
            raise ValueError(
                f"a text of {len(text)} characters, {len(set(text))} of them different, teaches nothing: "
                f"paste at least {SHORTEST} characters, of two kinds or more"
            )
        self.vocab, self.seed = Vocab.from_text(text), seed
        V = len(self.vocab)
        all_ids = self.vocab.encode(text)
        self.ids, held_out = corpus.split(all_ids)
        self.judged = held_out[:JUDGED]
        recipe = dataclasses.replace(
            training.MODERN, hidden_size=hidden_size, batch_size=min(STREAMS, (len(self.ids) - 1) // STEPS_BACK),
            block_length=STEPS_BACK, steps=10**6, learning_rate=learning_rate, warmup=10, decay=False, dtype=dtype,
        )  # fmt: skip
        self.run = training.start(recipe, V, rng=np.random.default_rng(seed), cell=checkpoint.CELLS[cell])
        self.records = training.train(self.run, self.ids)
        line = text.find("\n", len(self.ids)) + 1  # 0, if there is none
        line = line if len(self.ids) < line < len(text) - SENTENCE else len(self.ids)
        self.sentence = all_ids[line : line + SENTENCE]
        self.few = next(blocks(self.ids, min(8, recipe.batch_size), STEPS_BACK))  # to follow gradients through
        orders = [n for n in range(1, 7) if V**n < 2**63]
        bits = [float(losses.bits(ngram.NGram(self.ids, n, V).evaluate(self.judged))) for n in orders]
        return {
            "characters": len(text), "vocab_size": V, "streams": recipe.batch_size,
            "uniform": float(np.log2(V)), "ngrams": bits, "sentence": self.vocab.decode(self.sentence),
            "look": self.look(),
        }  # fmt: skip

    def learn(self, seconds, most=10**6):
        """Take steps until so many seconds are over, or `most` are taken, or the next look is due."""
        taken, end = [], time.perf_counter() + seconds
        for record in itertools.islice(self.records, most):
            taken.append(round(float(losses.bits(record.loss)), 10))
            if due(self.run.step) or time.perf_counter() > end:
                break
        look = self.look() if due(self.run.step) else None
        return {"step": self.run.step, "bits": taken, "look": look}

    def look(self):
        """Return what the network is worth now, what it writes, its states over the sentence, and the way back."""
        params, cell = self.run.params, self.run.cell
        nats = language_model.evaluate(params, self.judged, cell=cell, after=self.ids, batch_size=4)
        rng = np.random.default_rng(self.seed)  # the same at each look: what changes is the network
        text = sampling.generate(params, self.vocab, length=160, rng=rng, temperature=0.8, cell=cell)
        hs, _ = cell.unpack(language_model.forward(params, self.sentence[:, np.newaxis], cell=cell)[1])
        return {
            "step": self.run.step, "bits": float(losses.bits(nats)), "text": "".join(text),
            "shades": shades(hs[1:, 0].T), "norms": gradient_back(params, *self.few, cell).tolist(),
        }  # fmt: skip


def due(step):
    """Return whether the page looks at the network after this step: at first more often."""
    return step in (10, 25, 50) or step % 100 == 0


def gradient_back(params, inputs, targets, cell=rnn):
    """Follow the gradient of the last prediction back through time, by the cell's own `backward`.

    Parameters
    ----------
    params : dict
    inputs, targets : int ndarrays of shape (T, B)
    cell : module, default rnn

    Returns
    -------
    norms : ndarray of shape (T,)
        Of the gradient with respect to the state 0, 1, ... T-1 steps before that prediction, the mean over the streams.
    """
    T, B = inputs.shape
    logits, trace = language_model.forward(params, inputs, cell=cell)
    _, dlogits = losses.cross_entropy(logits[-1], targets[-1])
    dhs = np.zeros((T, B, len(params["W_hy"])), dlogits.dtype)
    dhs[-1] = B * dlogits @ params["W_hy"].T  # of each stream's own loss, not of the mean
    norms = [np.linalg.norm(dhs[-1], axis=-1).mean()]
    for n in range(1, T):
        _, dstate = cell.backward(params, inputs[-n:], last(trace, n, T), dhs[-n:])
        norms.append(np.sqrt((dstate.reshape(-1, *dhs.shape[1:]) ** 2).sum(axis=(0, 2))).mean())  # of an LSTM, h and c
    return np.array(norms)


def last(trace, n, T):
    """Return the last n of the T time steps of what a cell's `forward` returned; its states are one more."""
    if isinstance(trace, tuple):
        return tuple(last(part, n, T) for part in trace)
    return trace[T - n :]  # states: from the one before the first of these steps


def step_by_step(word="hello", hidden_size=3, seed=0, learning_rate=0.5):
    """Read a word and predict its letters, then go the whole way back: all numbers, in the order of the presses.

    The weights have one decimal, so that one can follow with a pencil. Each move names its equation in the course, the
    time step (0: none) and the numbers that it adds to the page; what rnnlib computes itself is taken from there.
    """
    vocab = Vocab("".join(dict.fromkeys(word)))  # "hello" -> "helo"
    ids = vocab.encode(word).astype(int)
    inputs, targets, T, H = ids[:-1], ids[1:], len(word) - 1, hidden_size
    rng = np.random.default_rng(seed)
    params = {
        name: rng.integers(1, 10, shape) / 10 * rng.choice([-1, 1], shape)
        for name, shape in language_model.param_shapes(len(vocab), H).items()
    }
    W_xh, W_hh, b_h, W_hy = (params[name] for name in ("W_xh", "W_hh", "b_h", "W_hy"))
    logits, hs = language_model.forward(params, inputs[:, np.newaxis])
    z, h = logits[:, 0], hs[:, 0]  # (T, V) and (T+1, H)
    loss, dlogits = losses.cross_entropy(logits, targets[:, np.newaxis])
    grads, dstate = language_model.backward(params, inputs[:, np.newaxis], hs, dlogits)
    x, p, dz = vocab.one_hot(inputs), losses.softmax(z), dlogits[:, 0]
    each = np.array([losses.cross_entropy(z[t], targets[t])[0] for t in range(T)])

    moves = []

    def move(kind, equation, t=0, **numbers):
        moves.append({"kind": kind, "equation": equation, "t": t, "numbers": numbers})

    for t in range(1, T + 1):
        past = h[t - 1] @ W_hh
        move("lookup", "2.1", t, x=x[t - 1], row=W_xh[inputs[t - 1]])
        move("sum", "2.2", t, past=past, a=W_xh[inputs[t - 1]] + past + b_h)
        move("tanh", "2.3", t, h=rnn.step(params, inputs[t - 1], h[t - 1]))
        move("logits", "2.7", t, z=z[t - 1])
        move("softmax", "3.1", t, exps=np.exp(z[t - 1]), p=p[t - 1])
        log_sum = np.log(np.exp(z[t - 1]).sum())
        move("loss", "3.7", t, log_sum=log_sum, z_y=z[t - 1, targets[t - 1]], L=each[t - 1])
    move("mean", "4.1", L=loss)
    da_next, sums = np.zeros(H), {name: np.zeros_like(array) for name, array in params.items()}
    for t in range(T, 0, -1):
        end = t == T
        own, later = dz[t - 1] @ W_hy.T, da_next @ W_hh.T
        dh = own + later
        da = dh * (1 - h[t] ** 2)
        copies = {
            "W_hy": np.outer(h[t], dz[t - 1]), "b_y": dz[t - 1],
            "W_hh": np.outer(h[t - 1], da), "W_xh": np.outer(x[t - 1], da), "b_h": da,
        }  # fmt: skip
        sums = {name: sums[name] + copies[name] for name in sums}
        move("dz", "4.3", t, dz=dz[t - 1])
        move("dW_hy", "4.4", t, copy=copies["W_hy"], sum=sums["W_hy"], bias=sums["b_y"])
        move("dh", "4.5" if end else "4.8", t, own=own, later=later, dh=dh)
        move("da", "4.6" if end else "4.9", t, slope=1 - h[t] ** 2, da=da)
        move("dW_hh", "4.7" if end else "4.10", t, copy=copies["W_hh"], sum=sums["W_hh"])
        move("dW_xh", "4.18", t, copy=copies["W_xh"], sum=sums["W_xh"], bias=sums["b_h"])
        da_next = da
    move("dh_0", "4.16", dh_0=dstate[0])
    off = max(float(np.abs(sums[name] - grads[name]).max()) for name in grads)
    move("totals", "4.13", grads=grads, off=off)
    new = {name: array.copy() for name, array in params.items()}
    optim.SGD().update(new, grads, learning_rate)
    after, _, _ = language_model.loss_and_grads(new, inputs[:, np.newaxis], targets[:, np.newaxis])
    move("update", "", params=new, learning_rate=learning_rate, before=loss, after=after)
    return plain({"word": word, "chars": vocab.chars, "params": params, "h_0": h[0], "moves": moves})


def plain(value):
    """Return arrays and NumPy's numbers, however deep in dicts and lists, as Python's own."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def load():
    """Load the network that writes: the first answer should not have to wait for it."""
    global writer
    writer = Writer()
    return {"hidden_size": len(writer.params["W_hy"]), "chars": writer.vocab.chars}


writer, learner = None, Learner()
QUESTIONS = {
    "load": load,
    "begin": lambda **asked: writer.begin(**asked),
    "change": lambda **asked: writer.change(**asked),
    "write": lambda **asked: writer.write(**asked),
    "expected": lambda **asked: writer.expected(**asked),
    "learner": learner.begin,
    "learn": learner.learn,
    "step_by_step": step_by_step,
}
