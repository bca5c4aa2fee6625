"""Exercises of notebook 06: what truncation leaves exact, a step with momentum, a faulty loop, a narrower valley."""

import itertools

import numpy as np

from course.exercises import Exercise
from rnnlib import batches, language_model, optim

_rng = np.random.default_rng(6)

# 6.3: the parameters that make the state.
_RECURRENT = ("W_xh", "W_hh", "b_h")
_BOTH_EARLIER = (
    "Both of these make the state, and what they do there lives on in later blocks: the part of the gradient that "
    "truncation drops."
)
_ONE_EARLIER = "One of the two is right. The other makes the state, and what it does there lives on in later blocks."

# 6.2: w, g, m of one shape, and a rate.
_STEPS = tuple((*_rng.standard_normal((3, *shape)), rate) for shape, rate in [((5,), 0.3), ((4, 7), 0.02)])


def _momentum(w, g, m, rate):
    m = 0.9 * m + g
    return w - rate * m, m


def _running_mean(w, g, m, rate):
    m = 0.9 * m + 0.1 * g
    return w - rate * m, m


def _rate_remembered(w, g, m, rate):
    m = 0.9 * m + rate * g
    return w - m, m


def _old_memory(w, g, m, rate):
    return w - rate * m, 0.9 * m + g


def _uphill(w, g, m, rate):
    m = 0.9 * m + g
    return w + rate * m, m


def _not_used(w, g, m, rate):
    return w - rate * g, 0.9 * m + g


def _not_kept(w, g, m, rate):
    return w - rate * (0.9 * m + g), m


def _nothing_forgotten(w, g, m, rate):
    m = m + g
    return w - rate * m, m


def _the_other_order(w, g, m, rate):
    return _momentum(w, g, m, rate)[::-1]


# 6.1: parameters of which none is small, and ids. B = 3, T = 5.
def _draw(V, H):
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: 0.7 * _rng.standard_normal(shape) for name, shape in shapes.items()}


_TEXTS = tuple((_draw(V, H), _rng.integers(V, size=N)) for V, H, N in [(7, 4, 100), (11, 6, 70)])


def _loop(carry=True, clip=optim.clip_by_norm, step=optim.SGD.update):
    """Return the training loop of the exercise, with the parts given."""

    def train(params, ids):
        optimizer, state, losses = optim.SGD(), None, []
        for inputs, targets in batches.blocks(ids, 3, 5):
            loss, grads, after = language_model.loss_and_grads(params, inputs, targets, state)
            state = after if carry else None
            step(optimizer, params, clip(grads, 0.1)[0], 0.5)
            losses.append(loss)
        return losses

    return train


def _train(params, ids):
    """Return the losses of the repaired loop, which trains the parameters in place."""
    return _loop()(params, ids)


def _no_clip(grads, limit):
    return grads, None


def _by_value(grads, limit):
    return optim.clip_by_value(grads, limit), None


def _each_array(grads, limit):
    return {name: optim.clip_by_norm({name: grad}, limit)[0][name] for name, grad in grads.items()}, None


def _no_step(optimizer, params, grads, rate):
    pass


# 6.4: the number of steps down the valley.
def _steps(rate, decay=0.9, share=1.0, steepness=(1.0, 100.0), good=False):
    """Return after how many steps the height is below 0.01, for the first time or for good."""
    w, m, heights = np.array([-4.0, 1.0]), np.zeros(2), []
    for _ in range(350):
        m = decay * m + share * np.array(steepness) * w
        w = w - rate * m
        heights.append(0.5 * w**2 @ np.array(steepness))
    below = np.array(heights) < 0.01
    return int(np.flatnonzero(~below)[-1]) + 2 if good else int(below.argmax()) + 1


_SGD, _MOMENTUM = _steps(0.018, decay=0.0), _steps(0.01)


EXERCISES = {
    "6.1": Exercise(
        right=_train,
        cases=_TEXTS,
        stub=_loop(carry=False, clip=_no_clip),
        mistakes=(
            (
                "The state is carried now. But every step is still as long as the gradient: what does clip_by_norm "
                "return, and does it change what it gets?",
                _loop(clip=_no_clip),
            ),
            (
                "The gradient is clipped now. But each block still starts from zeros: where does the state go that "
                "loss_and_grads returns?",
                _loop(carry=False),
            ),
            ("The clip is by value. By norm, the gradient keeps its direction.", _loop(clip=_by_value)),
            ("The clip is by value, and each block still starts from zeros.", _loop(carry=False, clip=_by_value)),
            (
                "Each array is clipped to the limit by itself. clip_by_norm gets all of them: one norm, one factor.",
                _loop(clip=_each_array),
            ),
            ("No step is taken: the parameters stay as they were.", _loop(step=_no_step)),
            ("No step is taken, and each block starts from zeros.", _loop(carry=False, step=_no_step)),
        ),
    ),
    "6.2": Exercise(
        right=_momentum,
        cases=_STEPS,
        parts=("`w`", "`m`"),
        in_place=True,
        mistakes=(
            ("That is a running mean, Adam's m. Momentum adds the gradient whole.", _running_mean),
            (
                "The learning rate is inside the memory. Here it stands outside: m adds up gradients, and the rate "
                "applies to all of m.",
                _rate_remembered,
            ),
            ("The step is taken with the memory from before. The new gradient comes into m first.", _old_memory),
            ("This goes uphill.", _uphill),
            (
                "What comes back is the step, not the parameter after it.",
                lambda w, g, m, rate: (_uphill(0, g, m, rate)[0], 0.9 * m + g),
            ),
            ("m is made, but the step is SGD's: it uses the gradient alone.", _not_used),
            ("The step is right, but the m that comes back is the old one: nothing adds up.", _not_kept),
            ("Nothing is forgotten: of the old m, nine tenths are kept.", _nothing_forgotten),
            ("Both are right. They are expected in the order w, m.", _the_other_order),
        ),
    ),
    "6.3": Exercise(
        right=("W_hy", "b_y"),
        mistakes=(
            ("These are the two. Write them in the order asked for, the matrix first.", ("b_y", "W_hy")),
            *((_BOTH_EARLIER, pair) for pair in itertools.combinations(_RECURRENT, 2)),
            *((_ONE_EARLIER, pair) for pair in itertools.product(_RECURRENT, ("W_hy", "b_y"))),
        ),
    ),
    "6.4": Exercise(
        right=(_SGD, _MOMENTUM),
        parts=("SGD's number", "momentum's number"),
        mistakes=(
            ("These two belong the other way round: SGD comes first.", (_MOMENTUM, _SGD)),
            ("Counted from 0: after the first step one step has been taken.", (_SGD - 1, _MOMENTUM - 1)),
            ("One too many: the start of the path is no step.", (_SGD + 1, _MOMENTUM + 1)),
            (
                "The second number is that from which on the height stays below 0.01; momentum swings back once. Asked "
                "for is the first time.",
                (_SGD, _steps(0.01, good=True)),
            ),
            (
                "The second number belongs to a running mean, 0.9 m + 0.1 g. That makes each step ten times shorter.",
                (_SGD, _steps(0.01, share=0.1)),
            ),
            (
                "The second number belongs to the valley of *Deeper: Compare four optimisers*. This one is steeper.",
                (_SGD, _steps(0.01, steepness=(1.0, 25.0))),
            ),
            ("Momentum was given SGD's rate. Its own is 0.01.", (_SGD, _steps(0.018))),
            ("SGD was given momentum's rate. Its own is 0.018.", (_steps(0.01, decay=0.0), _MOMENTUM)),
        ),
    ),
}
