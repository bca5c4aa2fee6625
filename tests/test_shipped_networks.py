"""The networks in data/ are small, and score what data/README.md says."""

import pytest

from rnnlib import checkpoint, corpus, language_model, losses

SHIPPED = [  # name, text, bits at most, the best n-gram's
    ("shakespeare-rnn", "shakespeare", 2.45, 2.597),
    ("shakespeare-lstm", "shakespeare", 2.28, 2.597),
    ("python-lstm", "python", 1.76, 2.113),
]


def test_every_network_in_data_is_listed():
    assert sorted(path.stem for path in corpus.DATA.glob("*.npz")) == sorted(name for name, *_ in SHIPPED)


@pytest.mark.parametrize(("name", "text", "most", "ngram"), SHIPPED, ids=[name for name, *_ in SHIPPED])
def test_a_shipped_network_is_small_and_beats_counting(name, text, most, ngram):
    path = corpus.DATA / f"{name}.npz"
    assert path.stat().st_size <= 4_000_000
    model = checkpoint.load_model(path)
    train_ids, last_tenth = corpus.split(model.vocab.encode(corpus.read_text(text)))
    bits = losses.bits(language_model.evaluate(model.params, last_tenth, cell=model.cell, after=train_ids))
    assert bits <= most < ngram
    readme = (corpus.DATA / "README.md").read_text(encoding="utf-8")
    assert f"`{name}.npz` |" in readme and f"| {bits:.2f} | {ngram:.2f} |" in readme
