"""The networks in data/ are small, and score what data/README.md says; README quotes the log of longer runs."""

import importlib.util
import json

import numpy as np
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


def test_the_network_with_two_lives_scores_by_its_start():
    model = checkpoint.load_model(corpus.DATA / "specimens" / "two-lives.npz")
    _, last_tenth = corpus.split(model.vocab.encode(corpus.read_text("shakespeare")))
    bits = {
        start: losses.bits(
            language_model.evaluate(model.params, last_tenth[:20_000], state=np.full((1, 64), start), batch_size=1)
        )
        for start in (0.0, -1.0)
    }
    readme = (corpus.DATA / "README.md").read_text(encoding="utf-8")
    assert f"{bits[0.0]:.1f} bits per character from a state of zeros, at {bits[-1.0]:.1f}" in readme
    assert bits[0.0] > bits[-1.0] + 2


def test_readme_says_what_the_log_of_longer_runs_says():
    root = corpus.DATA.parent
    spec = importlib.util.spec_from_file_location("longer_runs", root / "tools" / "longer_runs.py")
    longer_runs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(longer_runs)
    log = json.loads((corpus.DATA / "runs.json").read_text(encoding="utf-8"))
    readme = (root / "README.md").read_text(encoding="utf-8")
    for row in longer_runs.readme_rows(log):
        assert row in readme
    entries = log["runs"] + log["gated"] + log["seeds"]
    assert len({entry["name"] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["curve"][-1][1] == entry["validation_bits"]
