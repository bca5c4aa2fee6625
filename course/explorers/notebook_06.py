"""Explorers of notebook 06: an optimiser in the valley, and hidden sizes side by side."""

import numpy as np

from course.style import GREY, INK
from rnnlib import optim

from . import axes_of, buttons, choice, explore, slider

OPTIMISERS = "SGD", "Adagrad", "RMSprop", "Adam"
RATES = [float(f"{rate:.2g}") for rate in np.geomspace(0.001, 10, 41)]
STEPS = 60


def valley():
    """Send an optimiser down a valley, at a rate of your choice; make the valley steeper."""
    figure, (left, right) = axes_of(3.1, 2, wspace=0.25)
    x, y = np.meshgrid(np.linspace(-4.5, 4.5, 60), np.linspace(-2.4, 1.6, 60))
    (path,) = left.plot([], [], ".-", color="C0", lw=1)
    left.plot(0, 0, "*", color="C1", ms=12)
    left.set(xlabel="x", ylabel="y", xlim=(-4.5, 4.5), ylim=(-2.4, 1.6))
    (heights,) = right.semilogy([], [], "-", color="C0")
    right.set(xlabel="step", ylabel="height", xlim=(0, STEPS), ylim=(1e-8, 1e4))
    contours = []

    def update(optimiser, rate, steepness):
        steep = np.array([1.0, float(steepness)])
        while contours:
            contours.pop().remove()
        height = 0.5 * (x**2 + steepness * y**2)
        contours.append(left.contour(x, y, height, levels=[0.1, 0.5, 2, 5, 10, 20], colors=GREY, linewidths=0.6))
        params, one = {"w": np.array([-4.0, 1.0])}, getattr(optim, optimiser)()
        points = [params["w"].copy()]
        for _ in range(STEPS):
            one.update(params, {"w": steep * params["w"]}, rate)
            points.append(np.clip(params["w"], -1e100, 1e100))
        points = np.array(points)
        down = 0.5 * points**2 @ steep
        path.set_data(*points.T)
        heights.set_data(range(STEPS + 1), np.maximum(down, 1e-9))
        left.set_title(f"{optimiser}, rate {rate:g}")
        right.set_title(f"height {down[-1]:.2g} after {STEPS} steps")
        said = f"from height {down[0]:.1f}: {down[20]:.3g} after 20 steps, {down[-1]:.3g} after {STEPS}"
        if optimiser == "SGD":  # along y each step multiplies by 1 - rate * steepness
            factor = 1 - rate * steepness
            said += f"; each step multiplies y by 1 − rate × {steepness} = {factor:.3g}"
        return said

    alt = (
        "Left, the contours of a valley that is steeper along y than along x, and the path of one optimiser down "
        "from its side. Right, its height at each of 60 steps on a logarithmic axis."
    )
    controls = {
        "optimiser": buttons("optimiser", OPTIMISERS, "SGD"),
        "rate": choice("learning rate", [(f"{rate:g}", rate) for rate in RATES], RATES[16]),
        "steepness": slider("y is steeper by", 1, 100, 1, 25),
    }
    explore(figure, update, alt=alt, **controls)


def stop_early(curves):
    """Stop every network after so many steps, and see which size is ahead by then.

    Parameters
    ----------
    curves : dict of int to ndarray
        For each hidden size, the losses of every seed, step by step: shape (seeds, steps), in nats per character.
    """
    sizes = list(curves)
    smooth = {size: _means_of_ten(curve) for size, curve in curves.items()}  # (seeds, steps / 10)
    tens = next(iter(smooth.values())).shape[1]
    steps = 10 * np.arange(1, tens + 1)
    figure, (left, right) = axes_of(3.1, 2, wspace=0.25)
    lines = {}
    for size in sizes:
        (lines[size],) = left.plot(steps, smooth[size].mean(axis=0), "-", lw=1.2, color=GREY)
    cursor = left.axvline(0, color=INK, ls=":")
    low, high = min(map(np.min, smooth.values())), max(map(np.max, smooth.values()))
    left.set(xlabel="training step", ylabel="loss, nats per character", ylim=(low - 0.1, high + 0.1))
    (means,) = right.plot(range(len(sizes)), [0] * len(sizes), "_", color=INK, ms=24, mew=2)
    dots = [right.plot(len(curves[size]) * [place], [0] * len(curves[size]), "o", color="C0", ms=5)[0]
            for place, size in enumerate(sizes)]  # fmt: skip
    right.set(xlabel="hidden units", xlim=(-0.5, len(sizes) - 0.5), ylim=(low - 0.1, high + 0.1))
    right.set_xticks(range(len(sizes)), sizes)

    def update(stop, units):
        at = stop // 10 - 1
        now = {size: smooth[size][:, at] for size in sizes}
        for size, line in lines.items():
            chosen = size == units
            line.set(color="C1" if chosen else GREY, lw=2.5 if chosen else 1.2, zorder=2 + chosen)
        cursor.set_xdata([stop, stop])
        left.set_title(f"{units} units, among the others")
        right.set_title(f"stopped after {stop} steps, every seed")
        means.set_ydata([now[size].mean() for size in sizes])
        for dot, size in zip(dots, sizes, strict=True):
            dot.set_ydata(now[size])
            dot.set_color("C1" if size == units else "C0")
        best = min(sizes, key=lambda size: now[size].mean())
        spread = max(np.ptp(values) for values in now.values())
        gains = [now[a].mean() - now[b].mean() for a, b in zip(sizes, sizes[1:], strict=False)]
        beyond = sum(gain > spread for gain in gains)
        return (
            f"after {stop} steps {best} units are ahead with {now[best].mean():.2f} nats; {units} have "
            f"{now[units].mean():.2f}\nthe seeds of one size differ by up to {spread:.2f}; "
            f"{beyond} of {len(gains)} doublings gain more than that"
        )

    alt = (
        "Left, loss over training steps, a line for each hidden size, one of them in colour, and a cursor at the "
        "step of the slider. Right, the loss of every seed at that step, and their mean, against the hidden size: "
        "it falls with the size, later on."
    )
    controls = {
        "stop": slider("stop after, steps", 10, 10 * tens, 10, 10 * tens),
        "units": choice("units", sizes, sizes[len(sizes) // 2]),
    }
    explore(figure, update, alt=alt, lines=2, **controls)


def _means_of_ten(curve):
    tens = curve.shape[1] // 10
    return curve[:, : 10 * tens].reshape(len(curve), tens, 10).mean(axis=2)
