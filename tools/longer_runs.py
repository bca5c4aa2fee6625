"""Train the longer runs that the course compares, and write their log: python tools/longer_runs.py (make runs).

Classic and modern recipe at several hidden sizes, and the modern one with gates, each with several seeds, on the first
nine tenths of shakespeare.txt; each judged now and then on the last tenth, read on from the training text (see
`language_model.evaluate`). And the n-gram baseline. Two runs at a time, each on one thread, so that the figures do not
depend on who else computes. Writes data/runs.json; says how long each part took. With a FOLDER, finished parts are kept
there, and a second start takes them from there.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from rnnlib import corpus, language_model, losses, training
from rnnlib.checkpoint import CELLS
from rnnlib.ngram import NGram
from rnnlib.threads import use_threads
from rnnlib.vocab import Vocab

RECIPES = {"classic": training.CLASSIC, "modern": training.MODERN}
# Recipe, cell, hidden size, number of seeds; the longest first. 128 units of a gated cell have about as many weights as
# 256 vanilla ones.
RUNS = [
    *(("modern", cell, size, 3) for size in (256, 128) for cell in ("lstm", "gru")),
    ("classic", "rnn", 100, 7),
    *(("modern", "rnn", size, 3) for size in (256, 128, 64, 16)),
    *(("classic", "rnn", size, 3) for size in (128, 64, 16)),
]
POINTS = 10  # of each curve
SATURATED = 0.99


def texts():
    """Return the training ids, the held-out ids and the vocabulary size."""
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    return *corpus.split(vocab.encode(text)), len(vocab)


def run(name, cell, hidden_size, seed):
    """Train one network and return its entry in the log.

    "curve" has pairs of a step and the held-out bits per character by then; "validation" has the same in nats.
    """
    use_threads(1)
    began = time.perf_counter()
    train_ids, validation_ids, vocab_size = texts()
    recipe = replace(RECIPES[name], hidden_size=hidden_size)
    run = training.start(recipe, vocab_size, rng=np.random.default_rng(seed), cell=CELLS[cell])
    entry = {
        "name": f"{name} {cell} H={hidden_size} seed {seed}", "recipe": name, "cell": cell, "hidden_size": hidden_size,
        "seed": seed, "weights": sum(array.size for array in run.params.values()),
        "validation_steps": [], "validation": [], "smooth_loss": [],
    }  # fmt: skip

    def held_out(state):
        return language_model.evaluate(run.params, validation_ids, cell=run.cell, after=train_ids, state=state)

    for record in training.train(run, train_ids):
        if run.step % (recipe.steps // POINTS) == 0:
            entry["validation_steps"].append(run.step)
            entry["validation"].append(round(held_out(run.state), 4))
            entry["smooth_loss"].append(round(record.smooth_loss, 4))
    bits = [round(float(losses.bits(nats)), 4) for nats in entry["validation"]]
    entry["curve"] = list(zip(entry["validation_steps"], bits, strict=True))
    entry["validation_bits"] = bits[-1]
    entry["from_zeros_bits"] = round(float(losses.bits(held_out(None))), 4)
    if cell == "rnn":
        entry["saturated"], entry["forgotten_after"] = two_readings(run, validation_ids)
    entry["seconds"] = round(time.perf_counter() - began)
    return entry


def two_readings(run, ids):
    """Read a text from the state that training left and from zeros.

    Returns
    -------
    saturated : float
        Share of the first reading's states beyond +-SATURATED.
    forgotten_after : int or None
        Characters until no unit of the two readings differs by more than 0.001; None if the text ends before.
    """
    trained = np.zeros((1, run.recipe.hidden_size)) if run.state is None else run.state[:1]
    state = np.concatenate((trained, np.zeros_like(trained)))
    saturated, forgotten_after = [], None
    for t in range(0, len(ids), 1000):
        inputs = np.repeat(ids[t : t + 1000, None].astype(int), 2, axis=1)
        hs = language_model.forward(run.params, inputs, state)[1][1:]
        state = hs[-1]
        saturated.append(np.mean(np.abs(hs[:, 0]) > SATURATED))
        met = np.flatnonzero(np.abs(hs[:, 0] - hs[:, 1]).max(axis=1) < 0.001)
        if forgotten_after is None and len(met):
            forgotten_after = t + int(met[0]) + 1
    return round(float(np.mean(saturated)), 4), forgotten_after


def kept(folder, task):
    """Return the entry of a task: from the folder, if it is there, or by running it."""
    path = Path(folder, "-".join(map(str, task)) + ".json") if folder else None
    if path and path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    entry = run(*task)
    if path:
        path.write_text(json.dumps(entry), encoding="utf-8")
    return entry


def main():
    """Run everything and write the log."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="where finished parts are kept")
    folder = parser.parse_args().folder
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    tasks = [(name, cell, size, seed) for name, cell, size, seeds in RUNS for seed in range(seeds)]
    entries = []
    found = Parallel(n_jobs=2, return_as="generator_unordered")(delayed(kept)(folder, task) for task in tasks)
    for entry in tqdm(found, total=len(tasks), unit="run"):
        tqdm.write(f"{entry['name']:28} {entry['validation_bits']:.3f} bits per character, {entry['seconds']:4} s")
        entries.append(entry)
    entries.sort(key=lambda entry: [entry[key] for key in ("recipe", "cell", "hidden_size", "seed")])
    train_ids, validation_ids, vocab_size = texts()
    log = {
        "corpus": "shakespeare",
        "runs": [entry for entry in entries if entry["cell"] == "rnn" and entry["seed"] == 0],
        "gated": [entry for entry in entries if entry["cell"] != "rnn" and entry["seed"] == 0],
        "seeds": [entry for entry in entries if entry["seed"] > 0],
        "ngram": {n: round(NGram(train_ids, n, vocab_size).evaluate(validation_ids), 4) for n in range(1, 7)},
    }
    (corpus.DATA / "runs.json").write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")
    print(f"{len(entries)} runs in {(time.perf_counter() - began) / 60:.0f} minutes, into data/runs.json")


if __name__ == "__main__":
    main()
