"""Gradients: p - y, copies of one weight, complex step, products of Jacobians; and weights in a framework's shape."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course.diagrams.parts import DARK, SIZE, SMALL, arrow, canvas, circle, shade, write
from course.plots import visible
from course.style import BLUE, CARD, GREEN, GREY, INK, ORANGE, round_card


def softmax_gradient(p, target, chars):
    """Draw p, the one-hot row of the target and their difference as bars, and where a step against it moves each logit.

    Parameters
    ----------
    p : ndarray of shape (V,)
    target : int
    chars : sequence of V str
    """
    p = np.asarray(p, dtype=float)
    onehot = np.eye(len(p))[target]
    figure = round_card(Figure(figsize=(8, 5), facecolor=CARD, layout="constrained"))
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.08)
    axes = figure.subplots(4, 1, sharex=True, height_ratios=(1, 1, 1.5, 1.1))
    rows = [("p\n(3.1)", p, BLUE, ""), ("one-hot(y)", onehot, GREEN, "//")]
    rows += [("p − one-hot(y)\n(3.10)", p - onehot, ORANGE, "..")]
    for ax, (name, values, colour, hatch) in zip(axes, rows, strict=False):
        bars = ax.bar(range(len(p)), values, 0.6, color=colour, hatch=hatch, edgecolor=CARD, linewidth=0)
        ax.bar_label(bars, [f"{value:.2f}".replace("-", "−") for value in values], padding=2, fontsize=SIZE)
        ax.axhline(0, color=INK, lw=1)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=SIZE)
        ax.set(ylim=(-1.35 if values.min() < 0 else 0, 1.35), yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
    *_, last = axes
    for i, move in enumerate((onehot - p) / max(np.abs(onehot - p).max(), 1e-12)):
        style = {"arrowstyle": "-|>,head_length=0.4,head_width=0.22", "color": INK, "lw": 2, "mutation_scale": 14}
        style |= {"shrinkA": 0, "shrinkB": 0}
        last.annotate("", (i, 0.95 * np.sign(move) * max(abs(move), 0.3)), (i, 0), arrowprops=style)
        last.text(i + 0.1, 0, "up" if move > 0 else "down", va="center", fontsize=SIZE)
    last.set_ylabel("so a step moves\nthe logit", rotation=0, ha="right", va="center", fontsize=SIZE)
    last.set(ylim=(-1, 1), yticks=[], xlim=(-0.6, len(p) - 0.4))
    last.set_xticks(range(len(p)), [visible(char) for char in chars], fontsize=SIZE + 2)
    for ax in axes:
        ax.tick_params(length=0)
    last.set_xlabel("next character", fontsize=SIZE)
    last.spines[["left", "bottom"]].set_visible(False)
    return figure


def shared_weight(copies):
    """Draw three time steps, each with its copy of W_hh, and the three gradients that add up to one.

    Parameters
    ----------
    copies : sequence of 3 ndarrays of shape (H, H)
        The derivative of the loss with respect to copy 1, 2, 3.
    """
    total = np.sum(copies, axis=0)
    limit = max(np.abs(matrix).max() for matrix in (*copies, total)) or 1.0
    figure, ax = canvas(8, 4.7)
    high, at = 4.2, (0.6, 2.8, 5.0, 7.2)
    for t, x in enumerate(at):
        circle(ax, x, high, "", radius=0.23)
        write(ax, x, high, f"$h_{t}$")
    for t, (matrix, number) in enumerate(zip(copies, ("(4.12)", "(4.10)", "(4.7)"), strict=True), 1):
        left, right = at[t - 1], at[t]
        x = (left + right) / 2
        arrow(ax, (left + 0.23, high + 0.06), (right - 0.23, high + 0.06))
        arrow(ax, (right - 0.23, high - 0.07), (left + 0.23, high - 0.07), back=True)
        write(ax, x, high + 0.24, f"$W_{{hh}}^{{({t})}}$")
        arrow(ax, (x, high - 0.07), (x, 3.28), back=True)
        shade(ax, x, 2.8, matrix, width=0.9, height=0.9, limit=limit)
        for y, words in ((2.95, rf"$h_{t - 1}^\top\, \partial L/\partial a_{t}$"), (2.65, number)):
            write(ax, x + 0.53, y, words, ha="left", fontsize=SMALL + 0.5, color=DARK[ORANGE])
        bend = [] if t == 2 else [(x, 1.75)]
        goal = (3.9, 1.92) if t == 2 else (3.9 + 0.17 * np.sign(x - 3.9), 1.75)
        arrow(ax, (x, 2.33), *bend, goal, back=True)
    circle(ax, 3.9, 1.75, "+", radius=0.17)
    arrow(ax, (3.9, 1.57), (3.9, 1.22), back=True)
    shade(ax, 3.9, 0.72, total, width=0.95, height=0.95, limit=limit, frame=ORANGE)
    write(ax, 4.5, 0.88, "$\\mathrm{d}L/\\mathrm{d}W_{hh}$", ha="left", color=DARK[ORANGE])
    write(ax, 4.5, 0.55, "the gradient of the one matrix  (4.13)", ha="left", fontsize=SMALL + 0.5, color=DARK[ORANGE])
    return figure


def complex_step(f, x, step):
    """Draw steps to both sides and a step sideways, into the imaginary direction, and what a function makes of them.

    Parameters
    ----------
    f : callable
        From a number, real or complex, to a number.
    x, step : float
        A step that can be seen is far too large; it is drawn as it is.
    """
    figure = round_card(Figure(figsize=(8, 3.9), facecolor=CARD, layout="constrained"))
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    left, right = figure.subplots(1, 2)
    steps = {"w − s": (x - step, BLUE), "w + s": (x + step, BLUE), "w + is": (x + 1j * step, ORANGE)}
    values = {name: complex(f(place)) for name, (place, _) in steps.items()}
    for ax, start, ends in ((left, x, {name: place for name, (place, _) in steps.items()}), (right, f(x), values)):
        size = max(abs(end - start) for end in ends.values()) or 1.0
        for name, end in ends.items():
            colour, end = steps[name][1], complex(end)
            sideways = colour == ORANGE
            style = {"arrowstyle": "-|>", "color": colour, "lw": 2.2, "ls": "--" if sideways else "-"}
            style |= {"mutation_scale": 15, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (end.real, end.imag), (start, 0), arrowprops=style)
            ax.plot(end.real, end.imag, "o" if sideways else "s", color=colour, ms=6)
            name = name if ax is left else f"f({name})"
            at = (end.real + 0.08 * size, end.imag) if sideways else (end.real, -0.1 * size)
            aligned = {"ha": "left", "va": "center"} if sideways else {"ha": "center", "va": "top"}
            ax.text(*at, name, color=DARK[colour], **aligned)
        ax.plot(start, 0, "o", color=INK, ms=6)
        ax.axhline(0, color=GREY, lw=1, ls="-", zorder=0)
        high = max(size, 1e-12) * np.sign(max((complex(end).imag for end in ends.values()), key=abs) or 1)
        ax.set(xlim=(start - 1.6 * size, start + 1.6 * size), xlabel="real part", ylabel="imaginary part")
        ax.set_ylim(sorted((-0.4 * high, 1.5 * high)))
    left.set_title("a weight, and three steps from it", fontsize=SIZE + 1)
    right.set_title("what the loss f makes of them", fontsize=SIZE + 1)
    sideways, beside = values["w + is"].imag / step, (values["w + s"] - values["w − s"]).real / (2 * step)
    found = f"Im f(w + is) / s = {sideways:.4f}  (5.2)\n[f(w + s) − f(w − s)] / 2s = {beside:.4f}  (5.1)"
    right.text(0.98, 0.97, found, transform=right.transAxes, ha="right", va="top", fontsize=SMALL + 0.5)
    return figure


def jacobian_products(products):
    """Draw products of Jacobians over growing distances, on one scale, with the factor that each stretches by.

    Parameters
    ----------
    products : dict from int to ndarray of shape (H, H)
        Distance in time steps -> the derivative of the later state with respect to the earlier one.
    """
    figure, ax = canvas(8, 3.2)
    limit = max(np.abs(matrix).max() for matrix in products.values())
    at = np.linspace(1.4, 6.6, len(products)) if len(products) > 1 else [4.0]
    size, before = min(1.8, 4.4 / len(products)), None
    for x, (distance, matrix) in zip(at, products.items(), strict=True):
        shade(ax, x, 1.65, matrix, width=size, height=size, limit=limit)
        write(ax, x, 1.65 + size / 2 + 0.22, f"{distance} step{'s' if distance > 1 else ''}", fontweight="bold")
        write(ax, x, 1.65 - size / 2 - 0.2, f"stretches by at most {np.linalg.norm(matrix, 2):.2g}", fontsize=SMALL)
        if before:
            arrow(ax, (before[0] + size / 2 + 0.12, 1.65), (x - size / 2 - 0.12, 1.65))
            write(ax, (before[0] + x) / 2, 1.85, f"× {distance - before[1]} more", fontsize=SMALL)
        before = x, distance
    write(
        ax, 4, 0.2, "row: the unit that was nudged; column: the unit that answers; white: none  (9.3)", fontsize=SMALL
    )
    return figure


def weight_shapes(W_xh, weight_ih, chars, blocks):
    """Draw the cell's input weights as they stand here and, turned, in PyTorch; a character's row is a column there.

    Parameters
    ----------
    W_xh : ndarray of shape (V, n H)
    weight_ih : ndarray of shape (n H, V)
    chars : sequence of V str
    blocks : sequence of n str
        The letters of the blocks, in their order.
    """
    V, n = len(chars), len(blocks)
    limit = np.abs(W_xh).max()
    figure, ax = canvas(8, 4.25)
    long, short, y = 3.4, min(0.3 * V, 1.8), 2.15
    for x, matrix, wide, tall, name in (
        (2.45, W_xh, long, short, "W_xh"), (6.15, weight_ih, short, long, "weight_ih_l0")
    ):  # fmt: skip
        turned = wide == short
        shade(ax, x, y, matrix, width=wide, height=tall, limit=limit)
        left, top = x - wide / 2, y + tall / 2
        for k, letter in enumerate(blocks):
            edge, middle = long * k / n, long * (k + 0.5) / n
            if turned:
                write(ax, left + wide + 0.16, top - middle, f"${letter}$")
            else:
                write(ax, left + middle, top + 0.16, f"${letter}$")
            if k:
                ends = ([left, left + wide], [top - edge] * 2) if turned else ([left + edge] * 2, [top - tall, top])
                ax.plot(*ends, color=INK, lw=1.2, ls="-", zorder=3)
        for i, char in enumerate(chars):
            middle = short * (i + 0.5) / V
            place = (left + middle, top + 0.15) if turned else (left - 0.15, top - middle)
            write(ax, *place, visible(char), fontsize=SMALL + 0.5)
        corner = (left, top - tall) if turned else (left, top - short / V)
        size = (short / V, tall) if turned else (wide, short / V)
        ax.add_patch(Rectangle(corner, *size, fc="none", ec=ORANGE, lw=2.5, zorder=4))
        shape = " × ".join(map(str, matrix.shape))
        write(ax, x, y - tall / 2 - 0.2, f"{name}  ({shape})", family="monospace")
    arrow(ax, (4.4, y), (5.0, y))
    write(ax, 4.7, y + 0.2, "transpose", fontsize=SMALL)
    return figure
