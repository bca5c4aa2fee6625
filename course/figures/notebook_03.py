"""Figures of notebook 03: softmax, the loss of one probability, the ladder of models, and what lies deeper."""

import matplotlib.pyplot as plt
import numpy as np

from course import plots
from course.style import BLUE, GREY, INK, ORANGE
from rnnlib import losses


def logits_beside_probabilities(vocab, logits, p, shifted, tripled):
    """Draw logits as bars and, beside them, what softmax makes of them, of them plus 100, and of three times them."""
    rows = {"softmax(z)": p, "softmax(z + 100)": shifted, "softmax(3 z)": tripled}
    fig, axes = plt.subplots(1, 1 + len(rows), figsize=(9, 2.6), layout="constrained")
    axes[0].bar(range(len(logits)), logits, color=GREY)
    axes[0].axhline(0, color=INK, linewidth=0.8)
    axes[0].set_xticks(range(len(logits)), vocab.chars)
    axes[0].set(title="logits z", xlabel="next character", ylabel="logit")
    for ax, (title, row) in zip(axes[1:], rows.items(), strict=True):
        plots.probabilities(ax, row, vocab)
        ax.set(title=title, ylim=(0, 1))
    return fig


def loss_of_one_probability(ours):
    """Draw -log p over p, with a dot at the probability `ours` and one at 1/4."""
    fig, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
    grid = np.linspace(0.003, 1, 500)
    ax.plot(grid, -np.log(grid), color=BLUE)
    ax.plot(ours, -np.log(ours), "o", color=ORANGE, label=f"our prediction of o: p = {ours:.3f}")
    ax.plot(1 / 4, np.log(4), "s", color=INK, label="no idea: p = 1/4, one of four characters")
    ax.set(xlabel="probability p that the true character got", ylabel="loss −log p, nats", xlim=(0, 1.02), ylim=(0, 6))
    ax.legend()
    return fig


def ladder(nats):
    """Draw models as rungs, by their bits per character; `nats` is a dict, name to nats, the worst model first."""
    fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
    for row, (name, loss) in enumerate(nats.items()):
        colour, mark = (BLUE, "o") if "RNN" in name else (GREY, "s")
        ax.plot(losses.bits(loss), row, mark, color=colour, markersize=8)
        ax.annotate(f"{losses.bits(loss):.2f}", (losses.bits(loss), row), (9, -4), textcoords="offset points")
    ax.set_yticks(range(len(nats)), nats)
    ax.invert_yaxis()
    ax.set(xlabel="bits per character on the last tenth (lower is better)", xlim=(2, 6.4))
    ax.grid(axis="x", alpha=0.3)
    above = ax.secondary_xaxis("top")
    above.set_xticks([2, 3, 4, 5, 6], [4, 8, 16, 32, 64])
    above.set_xlabel("perplexity")
    return fig


def pushes(margins, cross_entropy, squared_error):
    """Draw how hard each loss pushes the true logit up, over the margin by which a wrong one leads."""
    fig, ax = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
    ax.plot(margins, cross_entropy, color=BLUE, label="cross-entropy: 1 − p_y")
    ax.plot(margins, squared_error, color=ORANGE, linestyle="--", label="squared error")
    ax.set(xlabel="margin: logit of l (wrong) minus logit of o (true)", ylim=(-0.02, 1.05))
    ax.set_ylabel("push on the true logit")
    ax.legend()
    return fig


def above_the_floor(nats, floor):
    """Draw losses as bars, each split at the entropy rate `floor`; `nats` is a dict, name to nats."""
    fig, ax = plt.subplots(figsize=(8, 2.4), layout="constrained")
    own = [max(loss - floor, 0) for loss in nats.values()]
    ax.barh(list(nats), floor, color=GREY, label="entropy rate: the source's own")
    ax.barh(list(nats), own, left=floor, color=ORANGE, hatch="//", label="divergence: the predictor's")
    ax.invert_yaxis()
    ax.set(xlabel="mean loss, nats per character", xlim=(0, 1.9))
    ax.legend(loc="lower right")
    return fig
