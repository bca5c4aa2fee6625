"""Draw README's two pictures from the shipped networks: python tools/make_pictures.py (make pictures).

A hidden unit over a text that its network has never seen, and the lines of README that the LSTM wrote, each character
on the colour of what it cost. Both are cards with round corners, to be read on a light page and on a dark one.
"""

import base64
import re
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course import networks, style, tour
from rnnlib import checkpoint, corpus, language_model, losses

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
README = PICTURES.parent.parent / "README.md"
PROMPT = "ROMEO:"  # of the lines in README, which come from rnnlib sample
RAMP = np.linspace(-1, 1, 9)
HIGH, LOW = "#B2182B", "#2166AC"  # the ends of RdBu_r
WIDTH, LINE, LETTER, SIZE = 6.6, 0.235, 0.103, 10.5  # inches; inches; inches; points


def draw(path, text, values, legend):
    """Write a text, each character on the colour of its value in -1..1, and below it what the colours mean."""
    lines = text.split("\n")
    tall = LINE * (len(lines) + 1.8) + 0.3
    figure = style.round_card(Figure(figsize=(WIDTH, tall)))
    ax = figure.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, WIDTH), ylim=(tall, 0))
    ax.set_axis_off()

    def letter(x, y, char, value):
        colour = HIGH if value > 0 else LOW
        ax.add_patch(Rectangle((x, y), LETTER, LINE * 0.86, lw=0, color=colour, alpha=0.52 * abs(value)))
        ax.text(x + LETTER / 2, y + LINE * 0.43, char, size=SIZE, family="monospace", ha="center", va="center_baseline")

    values = iter(np.clip(values, -1, 1))
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            letter(0.25 + LETTER * column, 0.2 + LINE * row, char, next(values))
        next(values, None)  # of the line end
    x, y = 0.25, tall - 0.2 - LINE
    for part in legend:  # a word, or a value
        if isinstance(part, str):
            x += 0.1 * (x > 0.25)
            ax.text(x, y + LINE * 0.43, part, size=SIZE - 1, va="center_baseline")
            x += 0.066 * len(part) + 0.1
        else:
            letter(x, y, "", part)
            x += LETTER
    raw, _ = style.picture(figure)
    path.write_bytes(base64.b64decode(raw))


def name_unit():
    """Draw the unit that follows the speakers' names, found on 10,000 held-out characters, over later ones."""
    params, vocab = networks.shakespeare(256)
    held_out = corpus.split(corpus.read_text("shakespeare"))[1][:20_000]
    ids = vocab.encode(held_out).astype(int)[:, np.newaxis]
    _, hs = language_model.forward(params, ids)
    states, marks = hs[1:, 0], tour.in_a_name(held_out)
    follows = [np.corrcoef(marks[:10_000], unit)[0, 1] for unit in states[:10_000].T]
    unit = int(np.argmax(np.abs(follows)))
    start = held_out.index("\n\n", 12_000) + 2
    stop = held_out.index("\n\n", start + 330)
    legend = (f"hidden unit {unit} of 256, from −1", *RAMP, "to +1")
    draw(PICTURES / "name-unit.png", held_out[start:stop], states[start:stop, unit], legend)


def written():
    """Draw the lines of README that the LSTM wrote, by the bits that each character costs it."""
    text = re.search(r"^```\n(.*?)\n```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]
    model = checkpoint.load_model("shakespeare-lstm")
    ids = model.vocab.encode(text).astype(int)
    logits, _ = language_model.forward(model.params, ids[:, np.newaxis], cell=model.cell)
    bits = losses.bits(-losses.log_softmax(logits[:-1, 0])[np.arange(len(ids) - 1), ids[1:]])
    values = np.where(np.arange(len(ids)) < len(PROMPT), 0, np.append(0, bits) / 3 - 1)
    legend = ("a character that cost 0 bits: it was sure", *RAMP, "6 bits or more: at most 1 in 64")
    draw(PICTURES / "written.png", text, values, legend)


if __name__ == "__main__":
    name_unit()
    written()
