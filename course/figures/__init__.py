"""The drawing code of the notebooks' figures: one module a notebook, a function a figure."""
