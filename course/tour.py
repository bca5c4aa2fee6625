"""What keeps the first pages of the course short: a network to meet, and what there is to find in a play.

Notebook 06 trains a network line by line; notebook 08 searches for what its units follow, with controls.
"""

import re
from dataclasses import replace

import numpy as np

from rnnlib import checkpoint, corpus, training
from rnnlib.vocab import Vocab

SPEAKER = re.compile(r"^([A-Z][A-Z ]+):$", re.MULTILINE)  # a line of capitals with a colon at its end


def network(hidden_size, seed):
    """Load the trained network that comes with the course, or train one of another size for some seconds.

    Parameters
    ----------
    hidden_size : int
        256 is the one that comes with the course.
    seed : int
        For the network that is trained here.

    Returns
    -------
    vocab : Vocab
        The characters of Shakespeare.
    params : dict of float64 ndarrays
    """
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    if hidden_size == 256:
        params = checkpoint.load_model(corpus.DATA / "shakespeare-rnn.npz").params
    else:
        from tqdm.auto import tqdm

        recipe = replace(training.MODERN, hidden_size=hidden_size, steps=400, learning_rate=0.02)
        run = training.start(recipe, len(vocab), rng=np.random.default_rng(seed))
        train_text, _ = corpus.split(text)
        for _ in tqdm(training.train(run, vocab.encode(train_text)), total=recipe.steps):
            pass
        params = run.params
    return vocab, {name: array.astype(np.float64) for name, array in params.items()}


def speakers(play):
    """Return the set of names that stand alone on a line, in capitals, with a colon after them."""
    return set(SPEAKER.findall(play))


def in_a_name(play):
    """Mark the characters of the lines that name a speaker: bools of shape (len(play),)."""
    marks, before = [], ""
    for line in play.split("\n"):
        marks += [before == "" and line.endswith(":")] * len(line) + [False]
        before = line
    return np.array(marks[: len(play)])


def longest_copy(written, source):
    """Return the longest stretch of one text that stands in another, word for word."""
    length, best = 0, ""
    for start in range(len(written)):
        while start + length < len(written) and written[start : start + length + 1] in source:
            length += 1
            best = written[start : start + length]
    return best
