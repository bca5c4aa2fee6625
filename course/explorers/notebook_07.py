"""Explorer of notebook 07: temperature, top-k and top-p at once."""

import numpy as np

from course import plots
from course.style import GREY
from rnnlib import losses, sampling

from . import axes_of, explore, set_heights, slider, text_box, typed
from .notebook_00 import logits_after

SHOWN, LENGTH = 24, 240  # characters drawn as bars; characters written


def settings(params, vocab, prompt, *, seed=0):
    """Turn temperature, top-k and top-p, and read what the network writes with them.

    Parameters
    ----------
    params, vocab
        A trained vanilla network.
    prompt : str
        What it reads at first.
    seed : int
        Of the random numbers, the same ones for every setting.
    """
    figure, (ax,) = axes_of(2.7, bottom=0.2)
    places = np.arange(min(SHOWN, len(vocab)))
    plain = ax.bar(places, 0 * places, 0.9, color=GREY, label="what the network says")
    drawn = ax.bar(places, 0 * places, 0.45, color="C0", label="what is drawn from")
    ax.set(xlabel="next character, the likeliest first", ylabel="probability", ylim=(0, 1))
    ax.legend(loc="upper right")

    def update(prompt, temperature, top_k, top_p):
        prompt, cut = typed(prompt), {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        z = logits_after(params, vocab, prompt)
        p, q = losses.softmax(z), sampling.next_probs(z, **cut)
        order = np.argsort(-z, kind="stable")[: len(places)]
        set_heights(plain, p[order])
        set_heights(drawn, q[order])
        ax.set_xticks(places, [plots.visible(vocab.chars[i]) for i in order])
        kept = q[q > 0]
        ax.set_title(f"{len(kept)} characters left, {losses.bits(abs((kept * np.log(kept)).sum())):.2f} bits")
        rng = np.random.default_rng(seed)
        return prompt + "".join(sampling.generate(params, vocab, prompt=prompt, length=LENGTH, rng=rng, **cut))

    alt = (
        f"Bars for the {len(places)} likeliest next characters: wide grey ones for what the network says, narrow "
        "blue ones for what is drawn from after temperature, top-k and top-p. Below, the text that it writes."
    )
    controls = {
        "prompt": text_box("prompt", prompt),
        "temperature": slider("temperature", 0, 2, 0.05, 1),
        "top_k": slider("top-k", 1, len(vocab), 1, len(vocab)),
        "top_p": slider("top-p", 0.05, 1, 0.05, 1),
    }
    explore(figure, update, alt=alt, lines=10, **controls)
