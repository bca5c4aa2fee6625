"""Several training runs side by side: one task for each recipe, on all cores of this machine or on many machines.

A task depends on what it is given, its seed included, and on nothing else. It computes on one BLAS thread, whatever
the process that runs it would take by itself. So the losses are the same, number for number, whoever runs it and in
whichever order. `joblib` hands the tasks out; under `joblib.parallel_config(backend="dask")` it hands them to a
dask.distributed cluster. Notebook 06 compares hidden sizes this way.
"""

import numpy as np

from . import training


def train_losses(recipe, ids, vocab_size, seed):
    """Train a fresh network by the recipe, on one BLAS thread, and return the loss of each step."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        run = training.start(recipe, vocab_size, rng=np.random.default_rng(seed))
        return [record.loss for record in training.train(run, ids)]


def sweep(recipes, ids, vocab_size, *, seed, jobs=-1):
    """Run `train_losses` for each recipe, side by side.

    Parameters
    ----------
    recipes : iterable of Recipe
    ids : int ndarray of shape (N,)
        The text to train on.
    vocab_size : int
    seed : int
        Of every run: they differ in their recipe alone.
    jobs : int, default -1
        How many processes; -1: one for each core. A Dask cluster decides by itself.

    Returns
    -------
    results : generator
        The losses of each recipe, in the order of the recipes, each as soon as it is there.
    """
    from joblib import Parallel, delayed

    return Parallel(n_jobs=jobs, return_as="generator")(
        delayed(train_losses)(recipe, ids, vocab_size, seed) for recipe in recipes
    )
