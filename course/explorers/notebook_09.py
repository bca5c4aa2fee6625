"""Explorer of notebook 09: what lets a gradient through, the weights or the slopes of tanh."""

import numpy as np

from course.style import GREY
from rnnlib import language_model, losses

from . import axes_of, choice, explore, set_heights, slider

SCALES = [0.0, *(float(f"{scale:.2g}") for scale in np.geomspace(0.1, 10**1.5, 26))]


def slopes(params, inputs, targets):
    """Scale W_xh and the spectral radius of W_hh, and watch the slopes of tanh and how far a gradient reaches.

    Parameters
    ----------
    params : dict
        A vanilla network whose W_hh has spectral radius 1.
    inputs : int ndarray of shape (T, B)
    targets : int ndarray of shape (B,)
        What follows the last of them: the loss whose gradient is followed.
    """
    T = len(inputs)
    figure, (left, right) = axes_of(3.1, 2, left=0.1, wspace=0.25)
    (curve,) = left.semilogy([], [], "-", color="C0", label="measured")
    (bound,) = left.semilogy([], [], ":", color="C0", label="ρᵈ: if every slope were 1")
    left.axhline(1, color=GREY, lw=0.8)
    left.set(xlim=(0, T), ylim=(1e-20, 1e12), xlabel="distance d, time steps back", ylabel="length of the gradient")
    left.legend(loc="lower left")
    edges = np.linspace(0, 1, 21)
    bars = right.bar(edges[:-1], 0 * edges[:-1], 0.05, align="edge", color="C0", edgecolor="white", lw=0.5)
    mean = right.axvline(0, color="C1", lw=2.5, label="their mean")
    right.set(xlim=(0, 1), ylim=(0, 100), xlabel="slope of tanh, 1 − h²", ylabel="% of the slopes")
    right.legend(loc="upper center")

    def update(radius, scale):
        net = {**params, "W_xh": scale * params["W_xh"], "W_hh": radius * params["W_hh"]}
        logits, hs = language_model.forward(net, inputs)
        dlogits = losses.softmax(logits[-1])
        dlogits[np.arange(len(targets)), targets] -= 1
        dh, lengths = dlogits @ net["W_hy"].T, []
        for h in hs[:0:-1]:
            lengths.append(np.linalg.norm(dh, axis=1))
            dh = (dh * (1 - h**2)) @ net["W_hh"].T
        lengths = np.array([*lengths, np.linalg.norm(dh, axis=1)]) + 1e-300
        reach = np.exp(np.log(lengths / lengths[0]).mean(axis=1))
        curve.set_data(range(T + 1), np.clip(reach, 1e-30, 1e30))
        bound.set_data(range(T + 1), np.clip(float(radius) ** np.arange(T + 1), 1e-30, 1e30))
        steep = 1 - hs[1:] ** 2
        set_heights(bars, 100 * np.histogram(steep, edges)[0] / steep.size)
        mean.set_xdata([steep.mean()] * 2)
        left.set_title(f"{reach[T // 2]:.0e} of it is left after {T // 2} steps")
        right.set_title(f"{(steep < 0.05).mean():.0%} of the slopes are below 0.05")
        rate = reach[T // 2] ** (2 / T)
        return f"mean slope {steep.mean():.2f}: a step multiplies the gradient by {rate:.2f}, with radius {radius:g}"

    alt = (
        "Left, the length of a gradient over distance on a logarithmic axis, with the dotted line of the spectral "
        "radius to the power of the distance above it. Right, a histogram of the slopes of tanh between 0 and 1, "
        "with their mean."
    )
    controls = {
        "radius": slider("radius ρ of W_hh", 0.2, 3, 0.1, 1),
        "scale": choice("W_xh times", [(f"{scale:g}", scale) for scale in SCALES], 1.0),
    }
    explore(figure, update, alt=alt, **controls)
