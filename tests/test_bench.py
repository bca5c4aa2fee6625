from dataclasses import replace

import numpy as np

from bench.script_2015 import BLOCK, Script
from rnnlib import corpus, training
from rnnlib.vocab import Vocab


def test_the_yardstick_trains_as_the_classic_recipe_does():
    text = corpus.read_text("shakespeare")[:330]  # read three times
    vocab = Vocab.from_text(text)
    run = training.start(replace(training.CLASSIC, hidden_size=10, steps=40), len(vocab), rng=np.random.default_rng(0))
    script = Script(run.params, text, vocab.chars)
    for record in training.train(run, vocab.encode(text)):
        np.testing.assert_allclose(BLOCK * record.loss, script.step(), rtol=1e-9)
    np.testing.assert_allclose(run.params["W_hh"], script.Whh.T, rtol=0, atol=1e-9)
