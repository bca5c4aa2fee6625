"""One BLAS thread for each process of the tests, kernels included: side by side, more threads only wait."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
