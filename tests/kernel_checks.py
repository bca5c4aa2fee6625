"""What tests/test_kernel.py asks of site/kernel, to be run inside Pyodide: `main` runs every check, and measures.

What rnnlib makes of a network is computed twice: with numpy's own loop before `install`, with the kernel after it.
"""

import ctypes
import importlib
import itertools
import json
import sys
import traceback
from pathlib import Path

import numpy as np
import simd_matmul

SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 31, 64, 100, 255, 256, 257, 300)
CELLS = ("rnn", "lstm", "gru")
OPCODES = {"mul": b"\xfd\xe6\x01", "add": b"\xfd\xe4\x01", "sub": b"\xfd\xe5\x01"}  # of f32x4, four numbers at once
SHAPES = ((1, 256, 256), (32, 64, 64), (32, 256, 256), (2048, 256, 64), (256, 2048, 256), (256, 256, 256))


def main():
    """Return, as JSON, {check: traceback, or nothing if it holds} and the measurements."""
    networks, bits = {cell: network_results(cell) for cell in CELLS}, products()
    speed = {"numpy": measure()}
    forget_rnnlib()
    found = {"without_simd": outcome(numpy_stays_without_simd)}
    assert simd_matmul.install() and simd_matmul.install()  # a second time does nothing
    found |= {check.__name__: outcome(check) for check in CHECKS}
    found["same_bits"] = outcome(same_bits, bits)
    found |= {f"network_{cell}": outcome(check_network, cell, networks[cell]) for cell in CELLS}
    return json.dumps({"found": found, "speed": speed | {"kernel": measure()}})


def forget_rnnlib():
    """Have rnnlib imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "rnnlib"]:
        del sys.modules[name]


def outcome(check, *arguments):
    """Return the traceback of a check that fails, or an empty text."""
    try:
        check(*arguments)
    except Exception:
        return traceback.format_exc()
    return ""


# The product


def whole_numbers(rng, *shape):
    """Draw float32 numbers whose products and sums are exact, in whatever order they are added."""
    return rng.integers(-9, 10, shape).astype("float32")


def layouts(draw, rng, rows, columns):
    """Yield a matrix in every layout that a view can have."""
    yield draw(rng, rows, columns)
    yield draw(rng, columns, rows).T
    yield draw(rng, rows, columns)[::-1, ::-1]
    yield draw(rng, 2 * rows + 1, 3 * columns + 1)[1::2, 1::3]
    yield draw(rng, columns + 3, rows + 2)[3:, 2:].T
    yield np.broadcast_to(draw(rng, columns), (rows, columns))
    yield np.broadcast_to(draw(rng, rows, 1), (rows, columns))


def check_equal(rng, rows, depth, columns):
    """Every layout of both, and of the result, whose surroundings are left alone; exact."""
    lefts, rights = layouts(whole_numbers, rng, rows, depth), layouts(whole_numbers, rng, depth, columns)
    for left, right in zip(lefts, itertools.islice(itertools.cycle(rights), 3, None), strict=False):
        expected = np.matmul(left.astype(int), right.astype(int))
        np.testing.assert_array_equal(left @ right, expected)
        around = np.full(2 * [2 * max(rows, columns) + 1], 7, "float32")
        inside = slice(1, rows + 1), slice(1, columns + 1)
        for out in (around[inside], around.T[inside], around[1::2, 1::2][:rows, :columns]):
            assert np.matmul(left, right, out=out) is out
            np.testing.assert_array_equal(out, expected)
            out[:] = 7
            assert (around == 7).all()


def same_as_integers_give():
    """Many shapes: at the edges of tiles and panels, empty, one row, one column."""
    rng = np.random.default_rng(0)
    shapes = {tuple(rng.choice(SIZES, 3)) for _ in range(60)}
    shapes |= set(itertools.product((0, 1, 4, 9), (0, 1, 257), (0, 1, 8, 11)))
    for shape in sorted(shapes):
        check_equal(rng, *map(int, shape))


def within_rounding():
    """Each entry is off by no more than depth roundings of the sum of its products' sizes (Higham, 2002, (3.13))."""
    rng = np.random.default_rng(1)
    for rows, depth, columns in ((1, 300, 65), (32, 256, 256), (33, 257, 9), (256, 2048, 65), (300, 300, 300)):
        left, right = (rng.standard_normal(shape).astype("float32") for shape in ((rows, depth), (depth, columns)))
        exact, sizes = left.astype(float) @ right.astype(float), abs(left.astype(float)) @ abs(right.astype(float))
        assert (abs(left @ right - exact) <= depth * 2.0**-24 * sizes).all()


def stacks_and_vectors():
    """Products side by side, as `rnnlib.products` makes them, broadcast ones, and vectors."""
    rng = np.random.default_rng(2)
    a, b = whole_numbers(rng, 4, 33, 70), whole_numbers(rng, 4, 70, 41)
    for left, right in (
        (a, b), (a, b[0]), (a[0], b), (a[:, None], b[None, :2]), (a[::-2], b[1::2]), (a[0, 0], b[0]),
        (a[0], b[0, :, 0]), (a[0, 0], b[0, :, 0]), (a[0, 0], b), (b.swapaxes(1, 2), a.swapaxes(1, 2)), (a[:0], b[:0]),
    ):  # fmt: skip
        np.testing.assert_array_equal(left @ right, left.astype(int) @ right.astype(int))
    x, W = whole_numbers(rng, 32, 64), whole_numbers(rng, 64, 64)
    expected = x.astype(int) @ W.astype(int)
    np.testing.assert_array_equal(np.matmul(x, W, out=x), expected)  # numpy copies what overlaps


def nan_and_infinity_go_through():
    """Where float64 has NaN or an infinity, so has float32, and nowhere else."""
    rng = np.random.default_rng(3)
    for rows, depth, columns in ((1, 9, 9), (6, 300, 13), (33, 64, 64)):
        for value in (np.nan, np.inf, -np.inf):
            left, right = whole_numbers(rng, rows, depth), whole_numbers(rng, depth, columns)
            left[rng.random(left.shape) < 1 / depth] = value
            right[rng.random(right.shape) < 1 / depth] = value
            with np.errstate(invalid="ignore"):
                np.testing.assert_array_equal(left @ right, left.astype(float) @ right.astype(float))


def products():
    """Return products of normal numbers of every type, float32 ones of many shapes, to compare bit for bit."""
    rng = np.random.default_rng(4)
    arrays = [(rng.standard_normal((33, 65)) * 9).astype(kind) for kind in "fdegFDiq?"]
    pairs = [*zip(arrays, arrays, strict=True), *itertools.pairwise(arrays)]
    for rows, depth, columns in ((1, 300, 65), (32, 256, 256), (33, 257, 9), (6, 2048, 65), (300, 300, 300)):
        left, right = rng.standard_normal((rows, depth)), rng.standard_normal((columns, depth))
        pairs += [(left.astype("f"), right.astype("f")), (left[:, ::-2].astype("f"), right.astype("f")[:, ::2])]
    return [a @ b.T for a, b in pairs]


def same_bits(before):
    """What numpy's own loop gives, for float32; other types still have that loop."""
    for after, expected in zip(products(), before, strict=True):
        assert after.dtype == expected.dtype
        np.testing.assert_array_equal(after, expected)


def wrong_shapes_are_refused():
    """By numpy, as before."""
    for shapes in (((3, 4), (3, 4)), ((2, 3, 4), (3, 4, 5)), ((), (3,))):
        try:
            np.matmul(*(np.ones(shape, "float32") for shape in shapes))
        except ValueError:
            continue
        raise AssertionError(f"{shapes} were multiplied")


def numpy_stays_without_simd():
    """A browser that does not know an instruction refuses the whole library: `install` says so, nothing has changed."""
    library, simd_matmul.LIBRARY = simd_matmul.LIBRARY, Path("/tmp/unknown.wasm")
    simd_matmul.LIBRARY.write_bytes(library.read_bytes().replace(OPCODES["mul"], b"\xfd\xff\x7f"))
    finders = list(sys.meta_path)
    try:
        assert not simd_matmul.install()
    finally:
        simd_matmul.LIBRARY = library
    assert sys.meta_path == finders
    check_equal(np.random.default_rng(8), 5, 40, 9)


def memory_may_grow():
    """Pyodide's heap grows while arrays made before are still in use."""
    import pyodide_js

    rng = np.random.default_rng(5)
    x, W = whole_numbers(rng, 40, 300), whole_numbers(rng, 300, 50)
    before = x @ W
    size = pyodide_js._module.HEAPU8.length
    more = np.ones(size // 4 + 1, "float32")  # as large as the whole heap
    assert pyodide_js._module.HEAPU8.length > size and more[-1] == 1
    np.testing.assert_array_equal(x @ W, before)
    check_equal(rng, 33, 300, 41)


def mutants_are_caught():
    """Whichever multiplication becomes an addition, or addition a subtraction, the checks above fail."""
    code = Path(simd_matmul.LIBRARY).read_bytes()
    mutants = 0
    for right, wrong in (("mul", "add"), ("add", "sub")):
        start = -1
        while (start := code.find(OPCODES[right], start + 1)) >= 0:
            path = f"/tmp/mutant{mutants}.wasm"
            Path(path).write_bytes(code[:start] + OPCODES[wrong] + code[start + 3 :])
            mutants += 1
            kernel = simd_matmul.replace_loop(ctypes.CDLL(path).matmul)
            try:
                survived = all(not outcome(check) for check in (same_as_integers_give, within_rounding))
            finally:
                simd_matmul.replace_loop(kernel)
            assert not survived, f"{right} -> {wrong} at byte {start} of the kernel"
    assert mutants >= 4


CHECKS = (
    same_as_integers_give, within_rounding, stacks_and_vectors, nan_and_infinity_go_through,
    wrong_shapes_are_refused, memory_may_grow, mutants_are_caught,
)  # fmt: skip
NAMES = (*(check.__name__ for check in CHECKS), "without_simd", "same_bits", *(f"network_{cell}" for cell in CELLS))


# rnnlib


def rnnlib_module(name):
    """Import a module of rnnlib, anew after `install`."""
    return importlib.import_module(f"rnnlib.{name}")


def network_results(cell):
    """Return what rnnlib computes with a float32 network: loss, gradients, a step of all streams and of one."""
    model, cell = rnnlib_module("language_model"), rnnlib_module(cell)
    rng = np.random.default_rng(6)
    params = model.init_params(33, 64, cell=cell, rng=rng, dtype=np.float32)
    inputs, targets = rng.integers(33, size=(2, 20, 12))
    loss, grads, state = model.loss_and_grads(params, inputs, targets, cell=cell)
    streams = cell.step(params, inputs[0], state)
    return grads | {"loss": loss, "state": state, "step": streams, "one": cell.step(params, 3, streams[..., 0, :])}


def check_network(cell, before):
    """All is as it was before, to the last bit, and there is no `dot` that the kernel would not see."""
    after = network_results(cell)
    assert after.keys() == before.keys()
    for name, expected in before.items():
        np.testing.assert_array_equal(after[name], expected, err_msg=name)
    source, code = Path(rnnlib_module("rnn").__file__).read_text(encoding="utf-8"), rnnlib_module("rnn").step.__code__
    assert ".dot(" in source and "dot" not in code.co_names and "matmul" in code.co_names


# Speed


def measure():
    """Return GFLOP/s of each shape, and what rnnlib makes of them: steps of the modern recipe, characters, a second."""
    rng = np.random.default_rng(7)
    speed = {}
    for rows, depth, columns in SHAPES:
        left, right = (rng.standard_normal(shape).astype("float32") for shape in ((rows, depth), (depth, columns)))
        speed[f"{rows} x {depth} x {columns}"] = 2e-9 * rows * depth * columns * rate(lambda x=left, W=right: x @ W)
    corpus, training, sampling = (rnnlib_module(name) for name in ("corpus", "training", "sampling"))
    text = corpus.read_text("shakespeare")[:200_000]
    vocab = rnnlib_module("vocab").Vocab.from_text(text)
    for name in CELLS:
        cell = rnnlib_module(name)
        run = training.start(training.MODERN, len(vocab), rng=rng, cell=cell)
        speed[f"{name}, training steps"] = rate(training.train(run, vocab.encode(text)).__next__)
        written = sampling.generate(run.params, vocab, length=10**6, rng=rng, cell=cell)
        speed[f"{name}, characters"] = rate(written.__next__)
    return speed


def rate(function):
    """Return how often a function can be called in a second of CPU time, from as many calls as fill 0.3 seconds."""
    calls = 1
    while True:
        start = cpu_time()
        for _ in range(calls):
            function()
        if (used := cpu_time() - start) > 0.3:
            return calls / used
        calls *= 2


def cpu_time():
    """Return the CPU seconds that node has used. Pyodide's own time.process_time is the wall's clock."""
    from js import process

    used = process.cpuUsage()
    return (used.user + used.system) / 1e6
