"""Train the longer runs that notebooks 06 and 10 compare, and write their log: python tools/longer_runs.py (make runs).

Classic and modern recipe at several hidden sizes, and the modern one with gates, on the first nine tenths of
shakespeare.txt, each judged now and then on the last tenth, and the n-gram baseline. About ten minutes on two cores.
Writes data/runs.json.
"""

import json
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from rnnlib import corpus, language_model, training
from rnnlib.checkpoint import CELLS
from rnnlib.ngram import NGram
from rnnlib.vocab import Vocab

# Recipe, cell, hidden size. A gated cell with 128 units has about as many weights as a vanilla one with 256.
RUNS = [
    *(("classic", "rnn", h) for h in (16, 64, 100, 128)),
    *(("modern", "rnn", h) for h in (16, 64, 128, 256)),
]
GATED = [("modern", cell, h) for cell in ("gru", "lstm") for h in (128, 256)]
RECIPES = {"classic": training.CLASSIC, "modern": training.MODERN}
POINTS = 50  # of each curve


def log_of_run(name, cell, hidden_size, train_ids, validation_ids, vocab_size):
    recipe = replace(RECIPES[name], hidden_size=hidden_size)
    run = training.start(recipe, vocab_size, rng=np.random.default_rng(0), cell=CELLS[cell])
    every = recipe.steps // POINTS
    weights = sum(array.size for array in run.params.values())
    log = {"recipe": name, "cell": cell, "hidden_size": hidden_size, "weights": weights, "steps": [],
           "smooth_loss": [], "validation_steps": [], "validation": []}  # fmt: skip
    for record in tqdm(training.train(run, train_ids), total=recipe.steps, desc=f"{name} {cell} H={hidden_size}"):
        if (record.step + 1) % every == 0:
            log["steps"].append(record.step + 1)
            log["smooth_loss"].append(round(record.smooth_loss, 4))
        if (record.step + 1) % (5 * every) == 0:
            log["validation_steps"].append(record.step + 1)
            nats = language_model.evaluate(run.params, validation_ids, cell=run.cell, after=train_ids, state=run.state)
            log["validation"].append(round(nats, 4))
    return log


def main():
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    train_ids, validation_ids = corpus.split(vocab.encode(text))
    log = {
        "corpus": "shakespeare",
        "runs": [log_of_run(*run, train_ids, validation_ids, len(vocab)) for run in RUNS],
        "gated": [log_of_run(*run, train_ids, validation_ids, len(vocab)) for run in GATED],
        "ngram": {n: round(NGram(train_ids, n, len(vocab)).evaluate(validation_ids), 4) for n in range(1, 7)},
    }
    (corpus.DATA / "runs.json").write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
