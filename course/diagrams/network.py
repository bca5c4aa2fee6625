"""The network in use: one step, the loop that writes, teacher forcing and free running, truncation."""

import numpy as np
from matplotlib.patches import Rectangle

from course.diagrams.parts import DARK, SIZE, SMALL, TINTS, arrow, box, canvas, circle, shade, write
from course.plots import visible
from course.style import BLUE, GREY, INK, ORANGE


def one_step(x, W_xh, h, W_hh, b_h):
    """Draw one step of the vanilla network as shaded boxes: two products and a bias, added, then tanh.

    Parameters
    ----------
    x : ndarray of shape (V,)
        A one-hot row; the row of W_xh that it picks is framed.
    W_xh, h, W_hh, b_h : ndarrays of shape (V, H), (H,), (H, H), (H,)
    """
    a = x @ W_xh + h @ W_hh + b_h
    (V, H), wide = W_xh.shape, lambda n: min(0.2 * n, 0.74)
    parts = [("$x_t$", x[None], ""), ("$W_{xh}$", W_xh, "·"), ("$h_{t-1}$", h[None], "+"), ("$W_{hh}$", W_hh, "·"),
             ("$b_h$", b_h[None], "+"), ("$h_t$", np.tanh(a)[None], "tanh")]  # fmt: skip
    gaps = {"": 0.0, "·": 0.3, "+": 0.36, "tanh": 1.1}
    widths = [max(wide(array.shape[1]), 0.55) for _, array, _ in parts]
    slack = (7.4 - sum(widths) - sum(gaps[sign] for *_, sign in parts)) / 5
    figure, ax = canvas(8, 2.5)
    left, y, ends = 0.3, 1.35, []
    for (name, array, sign), width in zip(parts, widths, strict=True):
        gap = gaps[sign] + (slack if sign else 0)
        if sign == "tanh":
            arrow(ax, (left + 0.12, y), (left + gap - 0.12, y))
            write(ax, left + gap / 2, y + 0.17, "tanh  (2.3)", fontsize=SMALL)
        elif sign:
            write(ax, left + gap / 2, y, sign, fontsize=SIZE + 4)
        left += gap
        rows, columns = array.shape
        size = {"width": wide(columns), "height": wide(rows)}
        shade(ax, left + width / 2, y, array, **size, limit=None if rows > 1 else 1)
        write(ax, left + width / 2, 0.62, name)
        write(ax, left + width / 2, 0.38, f"({rows} × {columns})", fontsize=SMALL)
        if array is W_xh:
            top, side = y + wide(V) / 2 - int(x.argmax()) * wide(V) / V, wide(columns)
            frame = (left + (width - side) / 2, top - wide(V) / V)
            ax.add_patch(Rectangle(frame, side, wide(V) / V, fc="none", ec=ORANGE, lw=2.5, zorder=4))
        left += width
        ends.append(left)
    ax.plot([0.3, 0.3, ends[4], ends[4]], [1.93, 2.0, 2.0, 1.93], color=INK, lw=1.2, ls="-")
    write(ax, (0.3 + ends[4]) / 2, 2.2, f"$a_t$  (2.2): all terms are rows (1 × {H})", fontsize=SMALL + 0.5)
    return figure


def writing_loop(char, state, probs, chars, drawn, *, most=6):
    """Draw how a network writes: it reads a character, renews its state, gives probabilities, draws; and again.

    Parameters
    ----------
    char, drawn : str
        The character read, and the one that was drawn.
    state : ndarray of shape (H,)
        After reading `char`; the first 24 units are drawn.
    probs : ndarray of shape (V,)
    chars : sequence of V str
    most : int, default 6
        How many of the likeliest characters to show; the drawn one takes the place of the last if it is not among them.
    """
    figure, ax = canvas(8, 2.75)
    y, units = 1.55, state[:24]
    titles = {0.85: "reads a character", 2.85: "renews its state", 5.05: "gives probabilities", 7.15: "draws one"}
    for x, title in titles.items():
        write(ax, x, 2.55, title, fontweight="bold")
    box(ax, 0.85, y, visible(char), width=0.5, height=0.5, colour=BLUE, fontsize=15)
    shade(ax, 2.85, y, units[:, None], width=0.32, height=1.5, limit=1)
    write(ax, 2.85, 0.62, f"{len(units)} of {len(state)} numbers", fontsize=SMALL)
    order = np.argsort(-probs, kind="stable")[:most]
    if list(chars).index(drawn) not in order:
        order[-1] = list(chars).index(drawn)
    for place, i in enumerate(order):
        level, length = y + 0.62 - 1.24 * place / max(most - 1, 1), 0.9 * probs[i]
        ax.add_patch(Rectangle((4.62, level - 0.08), max(length, 0.01), 0.16, fc=BLUE, ec="none", zorder=3))
        colour = DARK[ORANGE] if chars[i] == drawn else INK
        write(ax, 4.5, level, visible(chars[i]), fontsize=SMALL, ha="right", color=colour)
        write(ax, 4.7 + length, level, f"{probs[i]:.2f}", fontsize=SMALL, ha="left")
    box(ax, 7.15, y, visible(drawn), width=0.5, height=0.5, colour=ORANGE, fontsize=15)
    arrow(ax, (1.12, y), (2.64, y))
    arrow(ax, (3.06, y), (4.2, y))
    arrow(ax, (6.0, y), (6.88, y))
    itself = ((3.06, y + 0.45), (3.5, y + 0.45), (3.5, y + 0.87), (2.2, y + 0.87), (2.2, y + 0.45), (2.64, y + 0.45))
    arrow(ax, *itself, colour=GREY)
    arrow(ax, (7.15, y - 0.27), (7.15, 0.3), (0.85, 0.3), (0.85, y - 0.27), colour=ORANGE, width=2.2)
    write(ax, 4.9, 0.14, "and reads what it has drawn", fontsize=SMALL, color=DARK[ORANGE])
    return figure


def teacher_forcing(text, written):
    """Draw the network fed with the text, and fed with what it draws itself: the two differ in one arrow.

    Parameters
    ----------
    text : str
        At least two characters; the network reads all but the last.
    written : str
        As long, with the same first character: what the network wrote.
    """
    n = len(text) - 1
    figure, forced, free = canvas(8, 2.8, 2.35)
    at = 1.1 + 6.2 * np.arange(n) / max(n - 1, 1)
    for ax, inputs, low, title in ((forced, text, 0.95, "Teacher forcing"), (free, written, 0.4, "Free running")):
        write(ax, 0.15, low + 1.65, title, ha="left", fontweight="bold")
        for height, name in ((0, "reads"), (1.25, "expects")):
            write(ax, 0.15, low + height, name, ha="left", fontsize=SMALL)
        arrow(ax, (at[0] - 0.55, low + 0.62), (at[0] - 0.16, low + 0.62))
        for t, x in enumerate(at):
            box(ax, x, low, visible(inputs[t]), width=0.36, height=0.34)
            circle(ax, x, low + 0.62, "")
            write(ax, x, low + 0.62, f"$h_{{{t + 1}}}$", fontsize=SMALL)
            box(ax, x, low + 1.25, f"$p_{{{t + 1}}}$", width=0.36, height=0.34)
            arrow(ax, (x, low + 0.17), (x, low + 0.46))
            arrow(ax, (x, low + 0.78), (x, low + 1.08))
            if t:
                arrow(ax, (at[t - 1] + 0.16, low + 0.62), (x - 0.16, low + 0.62))
    for x, char in zip(at, text, strict=False):
        arrow(forced, (x, 0.45), (x, 0.78), colour=BLUE, width=2.6)
        write(forced, x, 0.3, visible(char))
    write(forced, 0.15, 0.3, "the text", ha="left", fontsize=SMALL, color=DARK[BLUE])
    for left, right, char in zip(at[:-1], at[1:], written[1:], strict=False):
        bend = left + min(0.62, (right - left) / 2)
        arrow(free, (left + 0.18, 1.65), (bend, 1.65), (bend, 0.4), (right - 0.18, 0.4), colour=ORANGE, width=2.6)
        write(free, bend, 1.88, f"draws {visible(char)}", fontsize=SMALL, color=DARK[ORANGE])
    return figure


def truncation(texts, steps):
    """Draw streams cut into blocks: states are carried over the borders, gradients stop there.

    Parameters
    ----------
    texts : list of B str
        Of one length, a multiple of `steps`: what each stream reads.
    steps : int
        T, the characters of a block.
    """
    n, rows, high = len(texts[0]), len(texts), 0.62
    figure, ax = canvas(8, 1.05 + high * rows)
    at = [1.05 + 6.6 * t / n + 0.06 * (t // steps) for t in range(n)]
    for block in range(n // steps):
        left, right = at[block * steps] - 0.22, at[block * steps + steps - 1] + 0.22
        ax.add_patch(Rectangle((left, 0.5), right - left, high * rows, fc=TINTS[GREY], ec=GREY, lw=1, zorder=0.5))
        write(ax, (left + right) / 2, 0.72 + high * rows, f"block {block}", fontweight="bold")
    for row, text in enumerate(texts):
        y = 0.5 + high * (rows - row - 0.5)
        write(ax, 0.12, y, f"stream {row}", ha="left", fontsize=SMALL)
        for t, char in enumerate(text):
            circle(ax, at[t], y, "", radius=0.15, colour=GREY)
            write(ax, at[t], y, visible(char))
            if t:
                across, left, right = t % steps == 0, at[t - 1] + 0.14, at[t] - 0.14
                arrow(ax, (left, y + 0.07), (right, y + 0.07), colour=BLUE, width=2.8 if across else 1.6)
                if not across:
                    arrow(ax, (right, y - 0.07), (left, y - 0.07), back=True)
    arrow(ax, (0.9, 0.25), (1.35, 0.25), colour=BLUE, width=2.2)
    write(ax, 1.45, 0.25, "states: carried on, over every border", ha="left", fontsize=SMALL)
    arrow(ax, (5.0, 0.25), (4.55, 0.25), back=True)
    write(ax, 5.1, 0.25, "gradients: stop at the border", ha="left", fontsize=SMALL)
    return figure
