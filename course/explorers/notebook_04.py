"""Explorer of notebook 04: the backward loop, round by round."""

import numpy as np

from . import axes_of, explore, slider

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def loop_rounds(added, text, vocab):
    """Go back through the loop, and see what each round adds to each gradient.

    Parameters
    ----------
    added : list of dict
        What each round adds to the gradients "W_hy", "b_y", "W_hh", "W_xh", "b_h" (matrices), the last step first.
    text : str
        The characters read, one a round.
    vocab : Vocab
        Names the rows of W_xh.
    """
    T, names = len(added), list(added[0])
    sums, so_far = [], {name: 0 for name in names}
    for one in added:
        so_far = {name: so_far[name] + one[name] for name in names}
        sums.append(so_far)
    figure, above = axes_of(4, len(names), left=0.06, right=0.99, bottom=0.52, top=0.84, wspace=0.25)
    below = [figure.add_axes([ax.get_position().x0, 0.04, ax.get_position().width, 0.32]) for ax in above]
    images = {}
    for place, axes in ((0, above), (1, below)):
        for name, ax in zip(names, axes, strict=True):
            limit = max(np.abs(one[name]).max() for one in added + sums) or 1
            look = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit, "aspect": "auto", "interpolation": "nearest"}
            images[place, name] = ax.imshow(added[0][name], **look)
            ax.set(xticks=[], yticks=[])
            if place:
                ax.set_title(f"{name}, summed: ±{limit:.1g}", fontsize=9)
    above[names.index("W_xh")].set_yticks(range(len(vocab)), vocab.chars)
    below[names.index("W_xh")].set_yticks(range(len(vocab)), vocab.chars)

    def update(back):
        t = T - back
        now, before = str(t).translate(SUBSCRIPTS), str(t - 1).translate(SUBSCRIPTS)
        factors = {"W_hy": f"h{now}ᵀ dz{now}", "b_y": f"dz{now}", "W_hh": f"h{before}ᵀ da{now}",
                   "W_xh": f"x{now}ᵀ da{now}", "b_h": f"da{now}"}  # fmt: skip
        taken_back = []
        for name, ax in zip(names, above, strict=True):
            images[0, name].set_data(added[back][name])
            images[1, name].set_data(sums[back][name])
            ax.set_title(f"+ {factors[name]}", fontsize=9)
            if back and (added[back][name] * sums[back - 1][name]).sum() < 0:
                taken_back.append(name)
        read = " ".join(f"[{char}]" if i == t else char for i, char in enumerate(text, 1))
        figure.suptitle(f"read: {read}", family="monospace")
        said = f"time step {t} reads {text[t - 1]!r}. "
        if not back:
            return said + "The first round: nothing was there before."
        return said + f"It takes back a part of the sum so far in: {', '.join(taken_back) or 'none of them'}."

    alt = (
        "Two rows of five matrices in colour, one column each for W_hy, b_y, W_hh, W_xh and b_h: above, what this "
        "round of the backward loop adds, below, the sum so far. In W_xh only the row of the character that is "
        "read is added to."
    )
    explore(figure, update, alt=alt, back=slider("steps back", 0, T - 1, 1, 0))
