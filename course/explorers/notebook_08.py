"""Explorers of notebook 08: a cursor that walks through a passage, and any unit over a text of your own."""

import numpy as np

from course import plots
from course.style import GREY, INK, ORANGE
from rnnlib import language_model, losses, rnn

from . import axes_of, explore, set_heights, slider, text_box, typed

COLUMNS, ROWS = 56, 2  # characters of a text that are drawn
SHOWN = 12  # characters drawn as bars


def read(params, vocab, text):
    """Return the states after each character, (T, H), and the log-probabilities of what comes next, (T, V)."""
    inputs = vocab.encode(text).astype(int)[:, np.newaxis]  # (T, 1): one stream
    hs = rnn.forward(params, inputs, language_model.init_state(params, 1))[1:, 0]
    return hs, losses.log_softmax(hs @ params["W_hy"] + params["b_y"])


def cursor(networks, vocab, text, unit, order, *, first):
    """Walk through a passage, and see the state and what each of two networks expects.

    Parameters
    ----------
    networks : dict of str to parameters
        Two vanilla networks, by name; the states are those of the first.
    vocab : Vocab
    text : str
        What the networks read, from its beginning; the last character is only predicted.
    unit : int
        The unit that gets a frame.
    order : sequence of int
        The units, as they fill the square, row by row.
    first : int
        Where in the text the passage begins that is shown.
    """
    has_read = {name: read(params, vocab, text) for name, params in networks.items()}
    states = next(iter(has_read.values()))[0][first:]
    log_p = {name: log_p[first:] for name, (_, log_p) in has_read.items()}
    line = "".join(map(plots.visible, text[first:-1]))
    coming = vocab.encode(text[first + 1 :]).astype(int)
    side = int(np.ceil(len(order) ** 0.5))
    place = dict(zip(order, range(len(order)), strict=True))[unit]

    figure, (square, bars) = axes_of(3.3, 2, widths=[1, 2.4], left=0.02, bottom=0.17, top=0.78, wspace=0.15)
    look = {"family": "monospace", "fontsize": 10.5}
    colours = ORANGE, GREY, INK
    under, after, before = (figure.text(0.02, 0.92, "", color=colour, **look) for colour in colours)
    image = square.imshow(np.zeros((side, side)), cmap="RdBu_r", vmin=-1, vmax=1)
    row, column = divmod(place, side)
    x, y = np.array([0, 1, 1, 0, 0]) - 0.5 + column, np.array([0, 0, 1, 1, 0]) - 0.5 + row
    square.plot(x, y, "-", color="white", lw=5)  # so that the frame is seen on pale and on dark squares
    square.plot(x, y, "-", color=INK, lw=2)
    square.set(xticks=[], yticks=[], xlim=(-0.5, side - 0.5), ylim=(side - 0.5, -0.5))
    most = np.arange(min(SHOWN, len(vocab)))
    drawn = {name: bars.bar(most + 0.4 * k, 0 * most, 0.4, color=f"C{k}", label=name) for k, name in enumerate(log_p)}
    bars.set(ylim=(0, 1), ylabel="probability", xlabel="next character")
    legend = bars.legend(loc="upper right")

    def update(at):
        at = min(at, len(coming) - 1)
        under.set_text(" " * at + "█")
        before.set_text(line[: at + 1])
        after.set_text(" " * (at + 1) + line[at + 1 :])
        flat = np.full(side * side, np.nan)
        flat[: len(order)] = states[at][order]
        image.set_data(flat.reshape(side, side))
        square.set_xlabel(f"unit {unit}, framed: {states[at, unit]:+.2f}")
        likeliest = np.argsort(-next(iter(log_p.values()))[at], kind="stable")[: len(most)]
        paid = {}
        for (name, rows), words in zip(log_p.items(), legend.get_texts(), strict=True):
            set_heights(drawn[name], np.exp(rows[at, likeliest]))
            paid[name] = losses.bits(-rows[at, coming[at]])
            words.set_text(f"{name}: {paid[name]:.2f} bits")
        bars.set_xticks(most + 0.2, [plots.visible(vocab.chars[i]) for i in likeliest])
        turned = np.sum(np.sign(states[at]) != np.sign(states[at - 1])) if at else 0
        said = ", ".join(f"{bits:.2f} bits ({name})" for name, bits in paid.items())
        coming_next = plots.visible(vocab.chars[coming[at]])
        return f"{coming_next} comes next, and costs {said}\n{turned} units changed their sign at {line[at]}"

    alt = (
        "A passage with a cursor; below it on the left a square of all units in colour, one of them framed; on "
        "the right bars for the likeliest next characters, in pairs, for the network as it is and with the unit "
        "frozen."
    )
    explore(figure, update, alt=alt, lines=2, at=slider("cursor", 0, len(coming) - 1, 1, 37))


def any_unit(params, vocab, text, unit, freeze):
    """Watch any unit over a text of your own, freeze it, and see what that costs.

    Parameters
    ----------
    params, vocab
        A vanilla network.
    text : str
        What is typed in at first.
    unit : int
        Where the slider stands at first.
    freeze : callable
        `freeze(params, unit, value)` returns parameters that work as if the unit always had this value.
    """
    H = len(params["b_h"])
    figure, columns = axes_of(3.9, 1, left=0.08, right=0.98, bottom=0.77, top=0.91)
    texts = [columns[0], figure.add_axes([0.08, 0.31, 0.9, 0.14])]
    costs = [figure.add_axes([0.08, bottom, 0.9, 0.17]) for bottom in (0.58, 0.12)]
    images, letters, whole, frozen = [], [], [], []
    for ax, cost in zip(texts, costs, strict=True):
        images.append(ax.imshow(np.zeros((1, COLUMNS)), cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto"))
        style = {"ha": "center", "va": "center", "family": "monospace", "fontsize": 10}
        letters += [ax.text(column, 0, "", **style) for column in range(COLUMNS)]
        ax.set(xticks=[], yticks=[])
        places = np.arange(COLUMNS)
        whole.extend(cost.bar(places, 0 * places, 0.9, color=GREY, label="as it is"))
        frozen.extend(cost.bar(places, 0 * places, 0.45, color="C1", label="frozen"))
        cost.set(xlim=(-0.5, COLUMNS - 0.5), xticks=[], ylim=(0, 8), ylabel="bits")
    costs[1].set_xlabel("above: the unit after each character; below: what that character cost, in bits")
    costs[0].legend(loc="upper right", ncols=2, fontsize=8)

    def update(text, unit, value):
        text = typed(text)
        if len(text) < 2:
            raise ValueError("Please type a text of at least two characters: the first one is not predicted.")
        text = text[: COLUMNS * ROWS]
        ids, (h, log_p) = vocab.encode(text).astype(int), read(params, vocab, text)
        each = {"as it is": log_p, "frozen": read(freeze(params, unit, value), vocab, text)[1]}
        bits = {name: losses.bits(-rows[np.arange(len(ids) - 1), ids[1:]]) for name, rows in each.items()}
        values = np.full(COLUMNS * ROWS, np.nan)
        values[: len(text)] = h[:, unit]
        for image, row in zip(images, values.reshape(ROWS, 1, COLUMNS), strict=True):
            image.set_data(row)
        for letter, char, shade in zip(letters, text.ljust(COLUMNS * ROWS), values, strict=True):
            letter.set_text(plots.visible(char) if char != " " else "")
            letter.set_color("white" if abs(shade) > 0.7 else "black")
        for name, bars in (("as it is", whole), ("frozen", frozen)):
            heights = np.zeros(COLUMNS * ROWS)
            heights[1 : len(text)] = bits[name]
            set_heights(bars, np.minimum(heights, 8))
        texts[0].set_title(f"unit {unit}, from {h[:, unit].min():+.2f} to {h[:, unit].max():+.2f} in this text")
        extra = bits["frozen"] - bits["as it is"]
        worst = np.argsort(-extra, kind="stable")[:5]
        where = ", ".join(f"{plots.visible(text[i + 1])} {extra[i]:+.1f}" for i in worst if extra[i] > 0.05)
        return (
            f"{bits['as it is'].mean():.2f} bits per character, {bits['frozen'].mean():.2f} with unit {unit} always "
            f"{value:g}\nwhat costs most, in extra bits: {where or 'nothing costs more'}"
        )

    alt = (
        "A text in two rows, every character on the colour of one unit, red for high and blue for low; below each "
        "row grey bars for what every character cost in bits, and orange ones for the cost with the unit frozen."
    )
    controls = {
        "text": text_box("text", text),
        "unit": slider("unit", 0, H - 1, 1, unit),
        "value": slider("frozen at", -1, 1, 0.05, 0.0),
    }
    explore(figure, update, alt=alt, lines=2, **controls)
