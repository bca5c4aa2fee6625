"""Train the longer runs that notebook 06 compares, and write their log: python tools/longer_runs.py (make runs).

Classic and modern recipe at several hidden sizes on the first nine tenths of shakespeare.txt, each judged now and
then on the last tenth, and the n-gram baseline. About five minutes on two cores. Writes data/runs.json.
"""

import json
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from rnnlib import corpus, language_model, training
from rnnlib.ngram import NGram
from rnnlib.vocab import Vocab

RUNS = [
    *(("classic", replace(training.CLASSIC, hidden_size=h)) for h in (16, 64, 100, 128)),
    *(("modern", replace(training.MODERN, hidden_size=h)) for h in (16, 64, 128, 256)),
]
POINTS = 50  # of each curve


def log_of_run(name, recipe, train_ids, validation_ids, vocab_size):
    run = training.start(recipe, vocab_size, rng=np.random.default_rng(0))
    every = recipe.steps // POINTS
    log = {"recipe": name, "hidden_size": recipe.hidden_size, "steps": [], "smooth_loss": [],
           "validation_steps": [], "validation": []}  # fmt: skip
    for record in tqdm(training.train(run, train_ids), total=recipe.steps, desc=f"{name} H={recipe.hidden_size}"):
        if (record.step + 1) % every == 0:
            log["steps"].append(record.step + 1)
            log["smooth_loss"].append(round(record.smooth_loss, 4))
        if (record.step + 1) % (5 * every) == 0:
            log["validation_steps"].append(record.step + 1)
            log["validation"].append(round(language_model.evaluate(run.params, validation_ids), 4))
    return log


def main():
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    train_ids, validation_ids = corpus.split(vocab.encode(text))
    log = {
        "corpus": "shakespeare",
        "runs": [log_of_run(name, recipe, train_ids, validation_ids, len(vocab)) for name, recipe in RUNS],
        "ngram": {n: round(NGram(train_ids, n, len(vocab)).evaluate(validation_ids), 4) for n in range(1, 7)},
    }
    (corpus.DATA / "runs.json").write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
