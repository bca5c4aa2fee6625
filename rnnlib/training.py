"""The training loop, and the two recipes of the course.

Read a block, take the gradient, clip it, let the optimiser move the parameters, carry the hidden state to the next
block. `train` is a generator: it takes one step, yields a record of it, and waits. Whoever iterates owns the
progress bar, the printing and the decision to stop. Notebook 06 runs both recipes.
"""

import math
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from . import expect, language_model, optim, rnn
from .batches import blocks


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a network is trained, besides the text and the seed.

    Change a part with `dataclasses.replace(MODERN, hidden_size=64)`.
    """

    hidden_size: int  # H
    batch_size: int  # B, parallel streams
    block_length: int  # T, time steps in a block
    steps: int  # in all
    optimizer: str  # the name of a class in optim: "SGD", "Adagrad", "RMSprop" or "Adam"
    learning_rate: float
    warmup: int = 0  # steps over which the learning rate rises from zero
    decay: bool = False  # whether it then falls to zero along a half cosine
    clip_value: float = math.inf  # each element of the gradient, at most
    clip_norm: float = math.inf  # the gradient's global norm, at most
    weight_scale: float | None = None  # weights from N(0, weight_scale²); None: the cell's own initialisation
    dropout: float = 0.0  # share of the hidden units that the output layer does not see, drawn anew in each step
    summed: bool = False  # whether the gradient is of the sum over a block's time steps, or of the mean
    dtype: str = "float64"

    def __post_init__(self):
        """Refuse what cannot train, and keep Python's own numbers, which a checkpoint can hold."""
        own = vars(self)
        for name in ("hidden_size", "batch_size", "block_length", "steps", "warmup"):
            own[name] = expect.whole(name, own[name], least=int(name != "warmup"))
        for name in ("learning_rate", "weight_scale", "clip_value", "clip_norm", "dropout"):
            if own[name] is not None or name != "weight_scale":
                own[name] = expect.number(name, own[name])
        for name in ("learning_rate", "weight_scale"):
            if own[name] is not None and not 0 < own[name] < math.inf:
                raise ValueError(f"expected a positive, finite {name}, got {own[name]}")
        for name in ("clip_value", "clip_norm"):
            if not own[name] > 0:
                raise ValueError(f"expected a positive {name}, got {own[name]}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"expected a dropout of at least 0 and below 1, got {self.dropout}")
        switch = [False, True]
        one_of = {"decay": switch, "summed": switch, "optimizer": [*optim.MEMORY], "dtype": ["float32", "float64"]}
        for name, choices in one_of.items():
            if not isinstance(own[name], type(choices[0])) or own[name] not in choices:
                raise ValueError(f"expected {name} to be one of {choices}, got {own[name]!r}")


# The 2015 script, step for step: one stream of 25 characters, the loss summed over them, tiny Gaussian weights.
CLASSIC = Recipe(
    hidden_size=100, batch_size=1, block_length=25, steps=92_400, optimizer="Adagrad", learning_rate=0.1,
    clip_value=5.0, weight_scale=0.01, summed=True,
)  # fmt: skip

# What a practitioner does today, in the same numpy.
MODERN = Recipe(
    hidden_size=256, batch_size=32, block_length=64, steps=3_000, optimizer="Adam", learning_rate=4e-3,
    warmup=100, decay=True, clip_norm=1.0, dtype="float32",
)  # fmt: skip


class Record(NamedTuple):
    """What happened in one training step."""

    step: int  # from 0
    loss: float  # of this block, in nats per character
    smooth_loss: float  # 0.999 of the one before + 0.001 of this one, from ln V, in nats per character
    grad_norm: float  # global norm before clipping
    learning_rate: float
    characters: int  # seen so far, this step's included


@dataclass
class Run:
    """A training run at one moment: all that is needed to carry on. `train` changes it in place."""

    recipe: Recipe
    cell: ModuleType
    params: dict
    optimizer: Any
    rng: np.random.Generator
    smooth_loss: float
    state: Any = None  # the hidden state after the last block; None: zeros
    step: int = 0  # steps taken
    block: int = 0  # blocks read in this pass over the text


def start(recipe, vocab_size, *, rng, cell=rnn, params=None):
    """Begin a Run: draw the parameters, or take those given, which training will then change in place.

    `rng`, a numpy.random.Generator, is for the parameters, and for whatever else the run draws.
    """
    shapes = language_model.param_shapes(vocab_size, recipe.hidden_size, cell=cell)
    if params is None:
        params = language_model.init_params(
            vocab_size, recipe.hidden_size, cell=cell, rng=rng, dtype=np.dtype(recipe.dtype)
        )
        if recipe.weight_scale is not None:
            for array in params.values():
                if array.ndim == 2:
                    array[:] = recipe.weight_scale * rng.standard_normal(array.shape)
    if (given := {name: array.shape for name, array in params.items()}) != shapes:
        raise ValueError(f"expected parameters of shapes {shapes}, got {given}")
    optimizer = getattr(optim, recipe.optimizer)()
    return Run(recipe, cell, params, optimizer, rng, smooth_loss=math.log(vocab_size))


def learning_rate(recipe, step):
    """Return the learning rate of a step: a linear warm-up, then constant or half a cosine down to zero."""
    warm = min(1.0, (step + 1) / recipe.warmup) if recipe.warmup else 1.0
    cosine = 0.5 * (1 + math.cos(math.pi * step / recipe.steps)) if recipe.decay else 1.0
    return recipe.learning_rate * warm * cosine


def keep_freed_memory():
    """Have the arrays that a step frees kept for the next one: a sixth of the time of a step at H=512.

    By itself, Linux's memory allocator (glibc) hands large ones back to the system and asks for them anew. It keeps
    what is smaller than the largest block it has seen freed, up to 32 MB. Elsewhere this changes nothing.
    """
    np.empty(2**25 - 2**16, np.uint8)  # not kept, so freed at once


def train(run, ids):
    """Take the steps that the run's recipe still has to take, yielding a record after each.

    The text is read in order, again and again; the state is carried from block to block and starts from zeros with
    each pass over the text, `ids` of shape (N,). `run` is changed in place, and whole whenever a record has been
    yielded: it can be saved then.

    ValueError if the text is too short for one block or an id is outside 0..V-1, FloatingPointError if the loss is no
    longer a number.
    """
    recipe = run.recipe
    keep_freed_memory()
    while True:
        for inputs, targets in blocks(ids, recipe.batch_size, recipe.block_length, start=run.block):
            if run.step >= recipe.steps:
                return
            yield _take_step(run, inputs, targets)
        run.block, run.state = 0, None


def _take_step(run, inputs, targets):
    recipe, step = run.recipe, run.step
    mask = None
    if recipe.dropout:
        shape = (*inputs.shape, recipe.hidden_size)
        mask = language_model.dropout_mask(shape, recipe.dropout, rng=run.rng, dtype=run.params["W_hy"].dtype)
    loss, grads, run.state = language_model.loss_and_grads(
        run.params, inputs, targets, run.state, cell=run.cell, mask=mask
    )
    if not math.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss} at step {step}; a lower learning rate may help")
    if recipe.summed:
        for grad in grads.values():
            grad *= recipe.block_length
    grads, norm = optim.clip_by_norm(grads, recipe.clip_norm)
    if recipe.clip_value < math.inf:
        grads = optim.clip_by_value(grads, recipe.clip_value)
    rate = learning_rate(recipe, step)
    run.optimizer.update(run.params, grads, rate)
    run.smooth_loss = 0.999 * run.smooth_loss + 0.001 * loss
    run.step += 1
    run.block += 1
    return Record(step, loss, run.smooth_loss, norm, rate, run.step * inputs.size)
