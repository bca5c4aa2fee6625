"""Make recorded.json, the run that the live page shows while Python is being loaded: python site/live/record.py.

The same questions as the page asks, put to the same live.py. And what the course's own code finds out about the
units of the network that writes: the best unit for each label, chosen on one part of a text that the network has not
seen and scored on another, beside what shifted labels, an untrained network and the last character alone achieve
(notebook 08).
"""

import json
from pathlib import Path

import live
import numpy as np

from course import controls, networks, nulls
from course.features import count, mark
from rnnlib import corpus, language_model, rnn

HERE = Path(__file__).resolve().parent
PART = 12_000  # characters to choose on, and as many to score on, as in notebook 08
PROMPT, WRITTEN, SEED = "ROMEO:\n", 420, 3
TRAINED = 600  # steps of the recorded learning


def labels(text):
    """Label each character of a play."""
    return {
        "speaker’s name": mark(r"(?<=\n\n)[^\n:]+:", text),
        "capital letters": mark(r"[A-Z]", text),
        "inside a word": mark(r"[A-Za-z']", text),
        "place in the word": count(mark(r"[A-Za-z']", text)),
        "vowels": mark(r"[AEIOUaeiou]", text),
        "punctuation": mark(r"[.,;:!?]", text),
        "line end": mark(r"\n", text),
    }


def read(params, ids):
    """Return the states after each character, (T, H)."""
    return rnn.forward(params, ids[:, np.newaxis], language_model.init_state(params, 1))[1:, 0]


def followers():
    """Return the units that follow something, each with a name and a sentence on how well it does."""
    params, vocab = networks.shakespeare(networks.SHIPPED)
    text = corpus.split(corpus.read_text("shakespeare"))[1][: 2 * PART]
    ids = vocab.encode(text).astype(int)
    states = read(params, ids)
    fresh = read(language_model.init_params(len(vocab), states.shape[1], rng=np.random.default_rng(0)), ids)
    first, second = np.arange(PART), np.arange(PART, 2 * PART)
    found = []
    for what, label in labels(text).items():
        unit, sign = nulls.best_unit(states[first], label[first])
        scored = {
            "trained": float(nulls.score(sign * states[second, unit], label[second])),
            "untrained": nulls.search(fresh, label, first, second),
            "character": float(nulls.score(controls.one_character(ids, label, first, second), label[second])),
            "chance": float(nulls.null_scores(states, label, first, second, rng=np.random.default_rng(0)).max()),
        }
        found.append({"unit": unit, "sign": sign, "what": what, "yes or no": label.dtype == bool, **scored})
        print(f"{what:20} unit {unit:3} {sign:+.0f}", {key: round(value, 3) for key, value in scored.items()})
    return found


def sentence(found):
    """Say how well a unit follows its label, and what does as well without having learned it."""
    unit, score, chance = found["unit"], found["trained"], found["chance"]
    unseen = "on text that the network has never seen"
    if found["yes or no"]:
        says = f"Unit {unit} is {'high' if found['sign'] > 0 else 'low'} there: {unseen}, it tells a character that "
        says += f"belongs from one that does not in {100 * score:.1f} of 100 pairs"
        says += f" (the best of 256 units reaches {100 * chance:.0f} by chance)"
    else:
        says = f"Unit {unit} goes {'up' if found['sign'] > 0 else 'down'} with it: {unseen}, with a correlation of "
        says += f"{score:.2f} (the best of 256 units reaches {chance:.2f} by chance)"
    if found["character"] >= found["trained"]:
        return f"{says}. The last letter alone tells as much, so this takes no memory."
    return f"{says}. Nobody told the network about it: this was learned."


def units(found):
    """Return what the page names: each unit once, and only if no untrained network has one that does as well."""
    best = {}
    for each in found:
        if each["unit"] not in best and each["trained"] > each["untrained"]:
            best[each["unit"]] = {"unit": each["unit"], "what": each["what"], "says": sentence(each)}
    return list(best.values())


def record():
    """Ask what the page will ask; return the answers."""
    hidden_size = answered("load")["hidden_size"]
    writes = {
        "prompt": PROMPT, "hidden_size": hidden_size, "units": units(followers()),
        "begun": answered("begin", prompt=PROMPT, seed=SEED, temperature=0.8),
        "written": answered("write", length=WRITTEN),
    }  # fmt: skip
    places = range(len(PROMPT) + WRITTEN)
    writes["expected"] = [rounded(answered("expected", place=place, most=6)) for place in places]
    begun = answered("learner", name="dinosaurs")
    answers = []
    while not answers or answers[-1]["step"] < TRAINED:
        answers.append(answered("learn", seconds=60, most=10))
    drawn = rounded({"writes": writes, "learns": {"begun": begun, "answers": answers}})
    return drawn | {"steps": answered("step_by_step")}


def answered(call, **asked):
    """Ask live.py as the page does, in JSON."""
    return json.loads(live.answer(json.dumps({"call": call, **asked})))


def rounded(value):
    """Round what is only drawn to four digits."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    path = HERE / "recorded.json"
    path.write_text(json.dumps(record(), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
