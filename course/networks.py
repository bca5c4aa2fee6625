"""A trained network to look at, whatever hidden size is asked for: the shipped one, or one that is trained here."""

import dataclasses

import numpy as np

from rnnlib import checkpoint, corpus, training
from rnnlib.vocab import Vocab

SHIPPED = 256  # hidden units of data/shakespeare-rnn.npz


def shakespeare(hidden_size, *, seed=0):
    """Return a vanilla network that has read the first nine tenths of Shakespeare, and its vocabulary.

    Parameters
    ----------
    hidden_size : int
        256 loads the network that the course ships; a network of any other size is trained, for 400 steps.
    seed : int, default 0
        Of the weights that training starts from.

    Returns
    -------
    params : dict
        In float64.
    vocab : Vocab
    """
    if hidden_size == SHIPPED:
        model = checkpoint.load_model(corpus.DATA / "shakespeare-rnn.npz")
        params, vocab = model.params, model.vocab
    else:
        from tqdm.auto import tqdm

        text = corpus.read_text("shakespeare")
        vocab = Vocab.from_text(text)
        recipe = dataclasses.replace(training.MODERN, hidden_size=hidden_size, steps=400, learning_rate=0.02)
        run = training.start(recipe, len(vocab), rng=np.random.default_rng(seed))
        ids = vocab.encode(corpus.split(text)[0])
        for _ in tqdm(training.train(run, ids), total=recipe.steps, unit="step"):
            pass
        params = run.params
    return {name: array.astype(np.float64) for name, array in params.items()}, vocab
