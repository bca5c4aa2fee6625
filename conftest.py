"""One BLAS thread for each test process: under `pytest -n 2` two of them share two cores."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
