"""A network of any size to look at: the shipped one, or one that is trained on the spot."""

import numpy as np

from course import networks
from rnnlib import checkpoint, corpus, language_model, losses


def test_at_its_size_it_is_the_shipped_network_in_double_precision():
    params, vocab = networks.shakespeare(networks.SHIPPED)
    shipped = checkpoint.load_model(corpus.DATA / "shakespeare-rnn.npz")
    assert vocab == shipped.vocab and {array.dtype for array in params.values()} == {np.dtype(float)}
    assert all((params[name] == shipped.params[name]).all() for name in shipped.params)
    assert params["W_hh"].shape == (256, 256) and params["W_xh"].shape[0] == len(vocab) == 64


def test_at_another_size_a_network_has_learned_something_and_the_seed_decides():
    params, vocab = networks.shakespeare(3, seed=1)
    ids = vocab.encode(corpus.split(corpus.read_text("shakespeare"))[1][:2000])
    assert params["W_hh"].shape == (3, 3)
    assert language_model.evaluate(params, vocab.encode("the king and the queen")) < np.log(len(vocab)) - 0.5
    assert losses.bits(language_model.evaluate(params, ids)) < 5 < np.log2(len(vocab))
    again, _ = networks.shakespeare(3, seed=1)
    assert all((again[name] == params[name]).all() for name in params)
