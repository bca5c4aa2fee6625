"""Explorer of notebook 00: a prompt, a temperature, and what the network makes of them."""

import numpy as np

from course import plots
from course.style import BLUE, GREY
from rnnlib import language_model, losses, rnn, sampling

from . import axes_of, explore, set_heights, slider, text_box, typed

SHOWN, LENGTH = 16, 300  # characters drawn as bars; characters written


def writing(params, vocab, prompt, *, temperature=0.7, seed=0, cell=rnn):
    """Change the prompt and the temperature, and read what the network writes.

    Parameters
    ----------
    params, vocab, cell
        A trained network.
    prompt : str
        What it reads at first.
    temperature, seed : float and int
        Where the sliders stand at first.
    """
    figure, (ax,) = axes_of(2.5, bottom=0.22)
    places = np.arange(min(SHOWN, len(vocab)))
    plain = ax.bar(places, 0 * places, 0.9, color="none", edgecolor=GREY, lw=1.5, label="temperature 1")
    heated = ax.bar(places, 0 * places, 0.45, color=BLUE, label="at this temperature")
    ax.set(ylim=(0, 1), xlabel="next character, the likeliest first", ylabel="probability")
    ax.legend(loc="upper right")

    def update(prompt, temperature, seed):
        prompt = typed(prompt)
        rng = np.random.default_rng(seed)
        written = "".join(
            sampling.generate(params, vocab, prompt=prompt, length=LENGTH, temperature=temperature, rng=rng, cell=cell)
        )
        z = logits_after(params, vocab, prompt, cell=cell)
        order = np.argsort(-z, kind="stable")[: len(places)]
        set_heights(plain, losses.softmax(z)[order])
        set_heights(heated, sampling.next_probs(z, temperature=temperature)[order])
        ax.set_xticks(places, [plots.visible(vocab.chars[i]) for i in order])
        place = f"after {''.join(map(plots.visible, prompt[-30:]))}" if prompt else "before anything has been read"
        ax.set_title(f"{place}; seed {seed} draws {plots.visible(written[0])}")
        return prompt + written

    alt = (
        f"Bars for the {len(places)} characters that the network finds likeliest after the prompt: wide grey outlines "
        "at temperature 1, narrow blue ones at the temperature of the slider. Below, the text that it writes."
    )
    controls = {
        "prompt": text_box("prompt", prompt),
        "temperature": slider("temperature", 0, 2, 0.05, temperature),
        "seed": slider("seed, for another text", 0, 50, 1, seed),
    }
    explore(figure, update, alt=alt, lines=12, **controls)


def logits_after(params, vocab, prompt, *, cell=rnn):
    """Return the logits of the next character after a prompt, which may be empty: shape (V,)."""
    state = language_model.init_state(params, 1, cell=cell)
    for i in vocab.encode(prompt):
        state = cell.step(params, np.array([i]), state)
    return (cell.hidden(state) @ params["W_hy"] + params["b_y"])[0]
