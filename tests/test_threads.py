"""One BLAS thread unless asked, whichever of numpy and rnnlib is imported first."""

import os
import subprocess
import sys

import numpy as np
import pytest

from rnnlib import threads

REPORT = "from rnnlib.threads import threads_in_use; print(threads_in_use())"
BARE = "import threadpoolctl, numpy; print(*{pool['num_threads'] for pool in threadpoolctl.threadpool_info()})"


def says(code, **environment):
    """Return what Python code prints in a process that was asked for no number of threads but these."""
    unasked = {name: value for name, value in os.environ.items() if name not in threads.ASKED}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=unasked | environment, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def can_have_two():
    """Skip where two threads cannot be told from one: on a single core, or with a BLAS that does not say."""
    if says(BARE) in ("", "1"):
        pytest.skip("numpy's BLAS has one thread here, or does not say how many")


@pytest.mark.parametrize(
    "first", ["import numpy", "import rnnlib", "from rnnlib import rnn; import numpy", "import course.checks"]
)
def test_one_thread_unless_asked(can_have_two, first):
    assert says(f"{first}; {REPORT}") == "1"


def test_one_thread_where_numpy_has_worked_with_more_before(can_have_two):
    assert says(f"import numpy; a = numpy.ones((500, 500)); a @ a; {REPORT}") == "1"


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"])
def test_who_asks_in_the_environment_gets_what_numpy_takes(can_have_two, name):
    assert says(REPORT, **{name: "2"}) == says(BARE, **{name: "2"})
    assert says(REPORT, **{name: ""}) == "1"  # set, but asks for nothing


def test_who_asks_in_the_program_gets_it(can_have_two):
    asked = "from rnnlib.threads import use_threads; use_threads(2)"
    assert says(f"{asked}; {REPORT}") == "2"
    assert says(f"{asked}; import rnnlib.training; {REPORT}") == "2"  # and nothing takes it back


def test_fewer_than_one_thread_is_refused():
    with pytest.raises(ValueError, match="at least 1 thread, got 0"):
        threads.use_threads(0)


def test_without_threadpoolctl_all_else_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)  # as in a browser
    threads.use_threads(1)
    assert threads.threads_in_use() is None


def test_the_number_of_threads_does_not_change_a_training_step():
    """What README and notebooks report does not depend on it beyond rounding."""
    code = """
import numpy as np
from rnnlib import language_model
rng = np.random.default_rng(0)
params = language_model.init_params(64, 64, rng=rng)
print(language_model.loss_and_grads(params, *rng.integers(64, size=(2, 64, 32)))[0])
"""
    losses = [float(says(f"from rnnlib.threads import use_threads; use_threads({count}){code}")) for count in (1, 2)]
    np.testing.assert_allclose(*losses, rtol=1e-12)
