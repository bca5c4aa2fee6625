"""Explorers of notebook 02: what a changed letter leaves in the state, and what more units buy."""

import numpy as np

from course import plots
from course.style import BLUE, GREY, INK, ORANGE
from rnnlib import rnn

from . import axes_of, buttons, choice, explore, set_heights, slider, text_box, typed

LONGEST = 48  # characters of the text that are drawn


def one_letter(networks, vocab, text, *, letter="x"):
    """Change one letter of a text, and watch how long the state remembers it.

    Parameters
    ----------
    networks : dict of str to parameters
        Vanilla networks over the same vocabulary, by the name on their button.
    vocab : Vocab
    text, letter : str
        What is typed in at first, and what its changed letter becomes.
    """
    figure, (top,) = axes_of(3.6, bottom=0.58, top=0.92)
    below = figure.add_axes([0.08, 0.13, 0.9, 0.36])
    (line,) = top.semilogy([], [], "o-", color=BLUE, ms=4)
    top.set(ylim=(1e-6, 3), xlim=(-0.5, LONGEST - 0.5), ylabel="share of it left", xticks=[])
    top.axhline(0.01, color=GREY, lw=0.8)
    top.text(LONGEST - 0.6, 0.012, "1 %", ha="right", color=INK)
    extent = (-0.5, LONGEST - 0.5, 0, 1)
    image = below.imshow([[0.0]], cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", extent=extent, interpolation="nearest")
    below.set(yticks=[], ylabel="units")
    mark = below.axvline(0, color=INK, lw=1, ls=":")

    def update(text, place, letter, radius, network):
        text, letter = typed(text)[:LONGEST], typed(letter)
        if len(text) < 2:
            raise ValueError("Please type a text of at least two characters.")
        if len(letter) != 1:
            raise ValueError(f"Please type one letter to put in, not {len(letter)}.")
        at = min(place, len(text)) - 1
        params = {**networks[network], "W_hh": radius * networks[network]["W_hh"]}
        both = vocab.encode(text + text[:at] + letter + text[at + 1 :]).astype(int)
        inputs = both.reshape(2, -1).T  # (T, B) = (T, 2)
        hs = rnn.forward(params, inputs, rnn.init_state(2, len(params["b_h"])))[1:]
        difference = hs[:, 1] - hs[:, 0]  # (T, H)
        lengths = np.linalg.norm(difference, axis=1)
        share = lengths[at:] / (lengths[at] or 1)
        line.set_data(np.arange(at, len(text)), np.maximum(share, 1e-9))
        shown = np.zeros((difference.shape[1], LONGEST))
        shown[:, : len(text)] = difference.T
        image.set_data(shown)
        mark.set_xdata([at, at])
        below.set_xticks(range(len(text)), [plots.visible(char) for char in text], fontsize=8)
        if text[at] == letter:
            return f"Character {at + 1} is {letter!r} already: both texts are the same."
        gone = np.flatnonzero(share < 0.01)
        fades = f"less than 1 % is left after {gone[0] + 1}" if len(gone) else "more than 1 % is left at the end"
        grew = f"; it grew at {np.sum(np.diff(lengths[at:]) > 1e-12)} of {len(share) - 1} steps"
        return f"{text[at]!r} became {letter!r} at character {at + 1}: {fades}{grew}"

    alt = (
        "Above, the distance between the states of a text and of the same text with one letter changed, as a "
        "share of what it was at that letter, character by character on a logarithmic axis: it falls. Below, the "
        "difference of every unit, in colour: strong at the changed letter, then paler."
    )
    controls = {
        "text": text_box("text", text),
        "place": slider("changed character", 1, LONGEST, 1, 5),
        "letter": text_box("becomes", letter),
        "radius": slider("W_hh times", 0, 3, 0.05, 1),
        "network": buttons("network", list(networks), next(iter(networks))),
    }
    explore(figure, update, alt=alt, **controls)


def units_and_reach(named, chance):
    """Choose a number of units and a distance, and read off what the state still tells.

    Parameters
    ----------
    named : dict of int to ndarray
        For each hidden size, how often the character read k ago is named rightly, k from 0.
    chance : float
        How often always saying the same character is right.
    """
    sizes, table = list(named), np.array(list(named.values()))  # (sizes, distances)
    figure, (left, right) = axes_of(2.9, 2, wspace=0.2)
    bars = left.bar(range(table.shape[1]), table[0], color=BLUE)
    (ring,) = left.plot([], [], "o", ms=11, mfc="none", mec=ORANGE, mew=2.5)
    left.set(xlabel="k, characters ago", ylabel="share named correctly", xticks=range(table.shape[1]))
    (curve,) = right.semilogx(sizes, table[:, 0], "o-", color=BLUE, base=2)
    (here,) = right.plot([], [], "o", ms=11, mfc="none", mec=ORANGE, mew=2.5)
    right.set_xticks(sizes, sizes)
    right.minorticks_off()
    right.set(xlabel="units")
    for ax in (left, right):
        ax.axhline(chance, color=GREY, lw=0.8)
        ax.set(ylim=(0, 1.08))

    def update(units, k):
        set_heights(bars, named[units])
        ring.set_data([k], [named[units][k]])
        curve.set_ydata(table[:, k])
        here.set_data([units], [named[units][k]])
        left.set_title(f"a state of {units} unit{'s' * (units > 1)}")
        right.set_title(f"the character {k} ago")
        enough = [size for size in sizes if named[size][k] >= 0.5]
        most = f"{enough[0]} units" if enough else f"not even {sizes[-1]} units"
        share = f"{named[units][k]:.0%} (always the same character: {chance:.0%})"
        return f"{units} units, {k} ago: {share}; {most} name it half of the time"

    alt = (
        "Left, bars for how often the character read k ago is named rightly from a state with as many units as "
        "the slider says, falling with k to the grey line of chance. Right, the same share against the number of "
        "units, for one k."
    )
    middle = sizes[len(sizes) // 2]
    controls = {"units": choice("units", sizes, middle), "k": slider("k, characters ago", 0, table.shape[1] - 1, 1, 3)}
    explore(figure, update, alt=alt, **controls)
