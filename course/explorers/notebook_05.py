"""Explorer of notebook 05: where a central difference loses its digits."""

import numpy as np

from course.style import BLUE, ORANGE

from . import axes_of, explore, slider

MOST = 16  # digits of a float64, nearly


def step_size(f, w, slope):
    """Choose the step and the number of digits that are kept, and see what is left of the slope.

    Parameters
    ----------
    f : callable
        The loss as a function of one weight; complex numbers welcome.
    w, slope : float
        Where the slope is taken, and what backpropagation says that it is.
    """
    exponents = np.arange(1, 20.1, 0.25)
    values = {k: (f(w + 10.0**-k), f(w - 10.0**-k), f(w + 1j * 10.0**-k).imag) for k in exponents}
    figure, (ax,) = axes_of(3, bottom=0.17)
    (central,) = ax.plot([], [], "-", color=BLUE, label="central difference")
    (sideways,) = ax.plot([], [], "--", color=ORANGE, label="complex step")
    (here,) = ax.plot([], [], "o", color=BLUE, ms=9)
    (there,) = ax.plot([], [], "s", color=ORANGE, ms=9)
    ax.set(xlim=(0.5, 20.5), ylim=(-0.5, 17), xlabel="k: the step is s = 10⁻ᵏ", ylabel="correct digits of the slope")
    ax.set(xticks=range(1, 21), yticks=range(0, 17, 4))
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.85))

    def slopes(k, digits):
        above, below, imaginary = (kept(value, digits) for value in values[k])
        return (above - below) / (2 * 10.0**-k), imaginary / 10.0**-k

    def right(value):
        """Return how many digits agree with backpropagation."""
        return float(np.clip(-np.log10(max(abs(value / slope - 1), 1e-16)), 0, 16))

    def update(k, digits):
        curves = np.array([[right(value) for value in slopes(each, digits)] for each in exponents])
        central.set_data(exponents, curves[:, 0])
        sideways.set_data(exponents, curves[:, 1])
        by_difference, by_complex = slopes(k, digits)
        here.set_data([k], [right(by_difference)])
        there.set_data([k], [right(by_complex)])
        ax.set_title(f"s = 1e-{k}, every loss kept to {digits} digits")
        above, below = (f"{kept(value, digits):.{digits}g}".ljust(digits + 1, "0") for value in values[k][:2])
        same = next((i for i, (a, b) in enumerate(zip(above, below, strict=False)) if a != b), len(above))
        return (
            f"f(w + s) = {above[:same]}|{above[same:]}\nf(w − s) = {below[:same]}|{below[same:]}    the bar: from here "
            f"on they differ\nslope by central difference {by_difference:+.12f}   complex step {by_complex:+.12f}\n"
            f"{'by backpropagation':>27} {slope:+.12f}"
        )

    alt = (
        "Correct digits of the slope against the exponent k of the step: the central difference climbs, peaks and "
        "falls back to none; complex step climbs and stays at the top. Marks show the step that the slider gives."
    )
    digits = slider("digits kept of a loss", 4, MOST, 1, MOST)
    explore(figure, update, alt=alt, lines=4, k=slider("k, for s = 10⁻ᵏ", 1, 20, 1, 5), digits=digits)


def kept(value, digits):
    """Return the value to so many significant digits; as it is at 16."""
    return float(value) if digits == MOST else float(f"{value:.{digits - 1}e}")
