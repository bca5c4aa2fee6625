"""Explorer of notebook 01: what counting expects after a few characters, order by order."""

import numpy as np

from course import plots
from course.style import BLUE

from . import axes_of, explore, set_heights, slider, text_box, typed

SHOWN = 16  # characters drawn as bars


def counting(model, vocab, context):
    """Type a context, move the order, and see which counts answer.

    Parameters
    ----------
    model : NGram
        Of the highest order to be tried; it has the counts of all lower ones.
    vocab : Vocab
    context : str
        What is typed in at first.
    """
    figure, (ax,) = axes_of(2.7, bottom=0.2)
    places = np.arange(min(SHOWN, len(vocab)))
    bars = ax.bar(places, 0 * places, color=BLUE)
    ax.set(ylim=(0, 1), xlabel="next character, the likeliest first", ylabel="probability")

    def update(context, order):
        context = typed(context)
        ids = vocab.encode(context)
        p = model.probs(ids[len(ids) - order + 1 :] if len(ids) >= order else ids)
        likeliest = np.argsort(-p, kind="stable")[: len(places)]
        set_heights(bars, p[likeliest])
        ax.set_xticks(places, [plots.visible(vocab.chars[i]) for i in likeliest])
        ax.set_title(f"order {order}, after {context[-20:]!r}: {-(p * np.log2(p)).sum():.2f} bits of doubt")
        return "\n".join(ladder(ids, context, order))

    def ladder(ids, context, order):
        """Say of each length of context how often it was seen, the longest first."""
        for k in reversed(range(min(order, len(ids) + 1))):
            counts, code = model.counts[k], 0
            for i in ids[len(ids) - k :]:
                code = code * len(vocab) + int(i)
            place = np.searchsorted(counts.contexts, code)
            if place == len(counts.contexts) or counts.contexts[place] != code:
                yield f"{context[len(ids) - k :]!r:>10} was never seen: one character less"
                continue
            n, u = counts.context_counts[place], counts.types[place]
            what = repr(context[len(ids) - k :]) if k else "any place"
            different = f"{u:2} different character{'s' if u > 1 else ''} after it"
            yield f"{what:>10} seen {n:9,} times, {different}: λ = {n / (n + u):.3f}"

    alt = (
        f"Bars for the {len(places)} likeliest next characters after the context that is typed in, by an n-gram "
        "model of the order that the slider gives. Below, how often the context and each shorter one was seen."
    )
    controls = {"context": text_box("context", context), "order": slider("order n", 1, model.order, 1, 3)}
    explore(figure, update, alt=alt, lines=model.order, **controls)
