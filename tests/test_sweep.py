"""A sweep gives the same losses, number for number, whoever runs its tasks."""

import sys
from dataclasses import replace

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rnnlib import corpus, training
from rnnlib.sweep import sweep, train_losses
from rnnlib.vocab import Vocab

BASE = training.Recipe(
    hidden_size=4, batch_size=16, block_length=20, steps=12, optimizer="Adam", learning_rate=4e-3, clip_norm=1.0,
)  # fmt: skip
RECIPES = [
    *(replace(BASE, hidden_size=size) for size in (4, 32, 160)),
    replace(BASE, dropout=0.3, dtype="float32", hidden_size=64),
]
TEXT = corpus.read_text("werther")[:20_000]
VOCAB = Vocab.from_text(TEXT)
IDS, V = VOCAB.encode(TEXT), len(VOCAB)


@pytest.fixture(scope="module")
def serial():
    """The losses of a plain loop over the training loop."""
    results = []
    for recipe in RECIPES:
        with threadpool_limits(1):
            run = training.start(recipe, V, rng=np.random.default_rng(3))
            results.append([record.loss for record in training.train(run, IDS)])
    assert [len(losses) for losses in results] == [12] * len(RECIPES)
    assert len({losses[-1] for losses in results}) == len(RECIPES)
    return results


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_give_the_losses_of_a_plain_loop(serial, jobs):
    assert list(sweep(RECIPES, IDS, V, seed=3, jobs=jobs)) == serial


def test_the_order_of_the_tasks_does_not_matter(serial):
    assert list(sweep(RECIPES[::-1], IDS, V, seed=3, jobs=2)) == serial[::-1]


def test_another_seed_gives_other_losses(serial):
    assert all(a != b for a, b in zip(sweep(RECIPES, IDS, V, seed=4, jobs=1), serial, strict=True))


def test_a_large_text_is_only_read(serial):
    """A text of more than 1 MB reaches the processes as a file mapped into memory, which nobody can write to."""
    ids = np.concatenate([IDS, np.zeros(2_000_000, IDS.dtype)])
    assert [len(losses) for losses in sweep(RECIPES[:2], ids, V, seed=3, jobs=2)] == [12, 12]


def test_a_task_takes_one_blas_thread_and_gives_the_others_back(monkeypatch):
    seen = []
    monkeypatch.setattr(training, "train", lambda *_: seen.append(blas_threads()) or [])
    with threadpool_limits(2):
        before = blas_threads()
        train_losses(BASE, IDS, V, 0)
        assert blas_threads() == before
    assert seen == [{1}] or not before  # threadpoolctl does not know every BLAS


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_a_dask_cluster_gives_the_losses_of_a_plain_loop(serial):
    distributed = pytest.importorskip("dask.distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        with joblib.parallel_config(backend="dask"):
            assert list(sweep(RECIPES, IDS, V, seed=3)) == serial
        ran = client.run(lambda: "rnnlib.sweep" in sys.modules)
        assert any(ran.values())  # it was the workers who computed
