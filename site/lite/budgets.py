"""What is smaller in the browser than in an installed course, and why: the one place for it.

WebAssembly's numpy has no BLAS library behind it, no threads and a coarse clock. So the copies of the notebooks that
JupyterLite shows have some texts replaced, each found exactly once in its cell (tests/test_lite.py): the learner's own
notebooks know nothing of browsers. The reasons are written into the note at the top of each copy.
"""

IN_FLOAT32 = "some of the deeper training runs, and the timing of the streams, compute in float32"
RECALL_IN_FLOAT32 = "the networks that learn to recall compute in float32"
# {notebook: [(id of the cell, text, text in the browser, reason)]}
BUDGETS = {
    "06_training": [
        ("06-045b", "block_length=16, ", 'block_length=16, dtype="float32", ', IN_FLOAT32),
        ("06-116", "block_length=4, ", 'block_length=4, dtype="float32", ', IN_FLOAT32),
        ("06-125", "speed = []", 'net32 = {name: W.astype("f") for name, W in net.items()}\nspeed = []', IN_FLOAT32),
        ("06-125", "loss_and_grads(net, ", "loss_and_grads(net32, ", IN_FLOAT32),
        ("06-130", "block_length=16, ", 'block_length=16, dtype="float32", ', IN_FLOAT32),
        ("06-150", "replace(recipe, ", 'replace(recipe, dtype="float32", ', IN_FLOAT32),
        ("06-162", "replace(recipe, ", 'replace(recipe, dtype="float32", ', IN_FLOAT32),
        ("06-l11", "array.astype(float)", 'array.astype("float32")', IN_FLOAT32),
    ],
    "08_hidden_activations": [("08-049", "seed + 3)", "seed + 1)", "one untrained network instead of three")],
    "09_vanishing_gradients": [
        ("09-062a", "32, rng=rng)", "32, rng=rng, dtype=np.float32)", RECALL_IN_FLOAT32),
    ],
    "11_fast_numpy": [("11-036", "gains[new] > least", "gains[new] > 0", "no step is asserted to gain")],
}


def apply(notebook, name):
    """Replace the texts of BUDGETS in a notebook, in place; ValueError if one is not found exactly once."""
    cells = {cell.id: cell for cell in notebook.cells}
    for cell_id, text, instead, _ in BUDGETS.get(name, ()):
        if cell_id not in cells or (times := cells[cell_id].source.count(text)) != 1:
            found = f"{times} times" if cell_id in cells else "not even its cell"
            raise ValueError(f"{name}, cell {cell_id}: expected {text!r} once, found {found}")
        cells[cell_id].source = cells[cell_id].source.replace(text, instead)
