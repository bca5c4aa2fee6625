"""Is the readable code the fast code? rnnlib against the 2015 script, PyTorch, JAX and the machine itself.

    make peers        installs PyTorch and JAX into .venv; without them their rows say so
    make bench        prints every row and writes bench/RESULTS.md; about a quarter of an hour, installing not counted
    .venv/bin/python -m bench.bench classic sampling    prints these groups only, writes nothing
    .venv/bin/python -m bench.bench suite               how long the project's own tests take, and each notebook

Both sides of a row run in turn, A B A B ..., each in its own process and both with as many threads as the row says; a
row shows the medians and their ratio. What each side does stands in peers.py and script_2015.py. Let nothing else run
meanwhile: two BLAS threads that share a core with anything else are slower than one. How much slower everything
becomes beside other programs is a group of its own, busy.py.
"""

import datetime
import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench import busy, loading, peers, profile, reports, suite
from bench.measure import compare
from bench.script_2015 import BLOCK, Script
from rnnlib import corpus, language_model, losses, training
from rnnlib.vocab import Vocab

SIZES = [(100, 25, 1), (128, 25, 16), (128, 50, 50), (256, 64, 32), (512, 64, 64)]  # H, T, B
STEPS = [(cell, *size) for cell in ("rnn", "lstm", "gru") for size in SIZES]
V = 64  # of shakespeare.txt
SCRIPT_STEPS, SCRIPT_BITS = 92_400, 3.03  # what the classic recipe reaches, and when
THREADS = 1, 2  # of both sides of a row
HEADER = "| what | threads | rnnlib | the other | ratio | target | |\n| --- | --- | --- | --- | --- | --- | --- |"


def ms(seconds):
    return f"{1e3 * seconds:.3g} ms"


def row(what, threads, ours, other="", ratio="", target="", met=None):
    verdict = {True: "met", False: "**missed**", None: ""}[met]
    return f"| {what} | {threads} | {ours} | {other} | {ratio} | {target} | {verdict} |"


def faster(what, threads, ours, other, name, target=None):
    """Return the row of a ratio that should be at least `target`; `other` is a Timing, or says why there is none."""
    aim = f"≥ {target}×" if target else ""
    if isinstance(other, str):
        return row(what, threads, ms(ours.seconds), f"{name}: {other}", target=aim)
    ratio = other.seconds / ours.seconds
    met = ratio >= target if target else None
    return row(what, threads, ms(ours.seconds), f"{name} {ms(other.seconds)}", f"{ratio:.2f}×", aim, met)


def same_losses(what, sides, limit):
    """Return the row that says whether all sides' first steps had the same losses."""
    losses = np.array([side.first for side in sides if not isinstance(side, str)])
    spread = (np.ptp(losses, axis=0) / losses.mean(axis=0)).max()
    what = f"{what}: losses of the first {losses.shape[1]} steps, largest relative difference"
    return row(what, "1, 2", f"{spread:.0e}", f"{len(losses)} sides", target=f"≤ {limit:.0e}", met=spread <= limit)


# --- The 2015 script ---------------------------------------------------------------------------------------------


def classic_run(dtype):
    """Return the text, its vocabulary, and a run of the classic recipe, from the same weights every time."""
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    recipe = replace(training.CLASSIC, steps=peers.FOREVER, dtype=dtype)
    return text, vocab, training.start(recipe, len(vocab), rng=np.random.default_rng(0))


def script_step():
    text, vocab, run = classic_run("float64")
    script = Script(run.params, text, vocab.chars)
    return lambda: script.step() / BLOCK


def classic_step(dtype):
    text, vocab, run = classic_run(dtype)
    records = training.train(run, vocab.encode(text))
    return lambda: next(records).loss


def modern_run(steps=None):
    """Return a function that trains a fresh network for so many steps; None: until SCRIPT_BITS, and says how many."""
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    train_ids, validation_ids = corpus.split(vocab.encode(text))

    def train():
        run = training.start(training.MODERN, len(vocab), rng=np.random.default_rng(0))
        for _ in training.train(run, train_ids):
            if run.step == steps:
                return steps
            if steps is None and run.step % 10 == 0:
                if losses.bits(language_model.evaluate(run.params, validation_ids, after=train_ids)) <= SCRIPT_BITS:
                    return run.step
        raise RuntimeError(f"the modern recipe did not reach {SCRIPT_BITS} bits")

    return train


def classic():
    """Yield the rows on the classic configuration, and on the time until the script's final loss.

    Five steps are compared: from there on the last bits of a rounding error grow a million times in ten steps.
    """
    makes = {"script": (script_step,), "float32": (classic_step, "float32"), "float64": (classic_step, "float64")}
    seen = compare({(name, n): (n, *make) for n in THREADS for name, make in makes.items()}, seconds=24)
    for n in THREADS:
        for dtype, target in ("float32", 5), ("float64", 3.5):
            what = f"classic step, H=100 T=25 B=1, {dtype}"
            yield faster(what, n, seen[dtype, n], seen["script", n], "script", target)
    yield same_losses("classic, float64", [seen[name, n] for name in ("float64", "script") for n in THREADS], 1e-9)
    steps = modern_run()()
    ours = compare({n: (n, modern_run, steps) for n in THREADS}, seconds=0, first=0)
    what = f"to {SCRIPT_BITS} bits (validation): modern recipe, {steps} steps; script, {SCRIPT_STEPS} times its step"
    for n in THREADS:
        took, script = ours[n].seconds, seen["script", n].seconds * SCRIPT_STEPS
        both = f"{took:.2f} s", f"script {script:.1f} s"
        yield row(what, n, *both, f"1/{script / took:.0f}", "≤ 1/40", script / took >= 40)


# --- PyTorch, JAX, the machine -----------------------------------------------------------------------------------


def matrix_product(n=2048):
    a, b = np.random.default_rng(0).standard_normal((2, n, n), dtype=np.float32)
    out = np.empty_like(a)
    return lambda: np.matmul(a, b, out=out)


def grid():
    """Yield the rows on whole training steps in float32."""
    ratios = {(cell, n): [] for cell, *_ in STEPS for n in THREADS}
    for cell, H, T, B in STEPS:
        what = f"{cell} step, H={H} T={T} B={B}"
        makes = {
            "rnnlib": (peers.rnnlib_training, cell, H, T, B),
            "PyTorch": (peers.torch_training, cell, H, T, B),
            "JAX": (peers.jax_training, cell, H, T, B),
        }
        if (cell, H) == ("rnn", 512):
            makes["product"] = (matrix_product,)
        seen = compare({(name, n): (n, *make) for n in THREADS for name, make in makes.items()}, seconds=8)
        for n in THREADS:
            ours = seen["rnnlib", n]
            for name in "PyTorch", "JAX":
                yield faster(what, n, ours, seen[name, n], name, 1)
                if not isinstance(seen[name, n], str):
                    ratios[cell, n].append(seen[name, n].seconds / ours.seconds)
            if "product" in makes:
                limit = 2 * 2048**3 / seen["product", n].seconds
                yield flops(what, n, T * B * 6 * (H * H + H * V) / ours.seconds, limit)
        yield same_losses(what, [side for (name, _), side in seen.items() if name != "product"], 1e-5)
        yield one_thread(what, seen["rnnlib", 1], seen["rnnlib", 2], 1.1 if (cell, H) == ("rnn", 256) else None)
    for (cell, n), found in ratios.items():
        if found:
            median = statistics.median(found)
            yield row(f"{cell}, median against PyTorch and JAX", n, "", "", f"{median:.2f}×", "≥ 1.3×", median >= 1.3)


def one_thread(what, one, two, target):
    """Return the row on what one thread, the default, costs on a machine that does nothing else."""
    what, ratio = f"{what}: one thread against two", one.seconds / two.seconds
    aim, met = (f"≤ {target}", ratio <= target) if target else ("", None)
    return row(what, "1, 2", ms(one.seconds), f"2 threads {ms(two.seconds)}", f"{ratio:.2f}", aim, met)


def flops(what, threads, speed, limit):
    what = f"{what}: FLOP/s against a float32 matrix product, 2048 × 2048"
    both = f"{speed / 1e9:.0f} G", f"numpy {limit / 1e9:.0f} G"
    return row(what, threads, *both, f"{speed / limit:.0%}", "≥ 70 %", speed >= 0.7 * limit)


def sampling():
    """Yield the rows on writing 1,000 characters."""
    def sides(length, greedy):
        makes = {
            "rnnlib": (peers.rnnlib_sampling, 100, length, greedy),
            "nn.RNN": (peers.torch_sampling, 100, length, greedy, "RNN"),
            "nn.RNNCell": (peers.torch_sampling, 100, length, greedy, "RNNCell"),
        }
        return {(name, n): (n, *make) for n in THREADS for name, make in makes.items()}

    seen = compare(sides(1000, False), seconds=24, first=1)
    for n in THREADS:
        for name in "nn.RNN", "nn.RNNCell":
            what = "sampling 1,000 characters, H=100"
            yield faster(what, n, seen["rnnlib", n], seen[name, n], f"PyTorch {name}", 5)
    texts = [side.first[0] for side in compare(sides(200, True), 0, first=1).values() if not isinstance(side, str)]
    alike = len(set(texts)) == 1
    what = "200 characters written greedily"
    yield row(what, "1, 2", "the same" if alike else "differ", f"{len(texts)} sides", met=alike)


def memory():
    """Yield the row on the peak memory of `python -m rnnlib train` on 100 MB of text, as a process."""
    what = "memory of training on a text of 100 MB (its ids: 100 MB)"
    if not hasattr(os, "wait4"):
        yield row(what, 1, "cannot be measured on this system", target="≤ 400 MB")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.txt"
        text = corpus.read_text("shakespeare")
        path.write_text((text * (10**8 // len(text) + 1))[: 10**8], encoding="utf-8", newline="\n")
        command = [sys.executable, "-m", "rnnlib", "train", path, "--steps", "20", "--out", path.with_suffix(".npz")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    yield row(what, 1, f"{peak:.0f} MB", target="≤ 400 MB", met=status == 0 and peak <= 400)


def busy_rows():
    """Yield the rows on working beside two other programs."""
    for what, alone, beside in busy.measure():
        ratio = beside / alone
        yield row(what, 1, f"{beside:.2f} s", f"alone {alone:.2f} s", f"{ratio:.2f}", "≤ 3", ratio <= 3)


def reports_rows():
    """Yield the rows on what the command line's reports cost."""
    for what, shown, plain in reports.measure():
        more = shown / plain - 1
        most = f"≤ {reports.MOST:.0%}"
        yield row(what, 1, f"{shown:.3g} s", f"without {plain:.3g} s", f"{more:+.1%}", most, more <= reports.MOST)


def loading_rows():
    """Yield the rows on loading a shipped network."""
    for name, ours, theirs, ratio in loading.measure():
        yield row(f"load {name}", 1, ms(ours), f"np.load {ms(theirs)}", f"{ratio:.2f}", "≤ 3", ratio <= 3)


# --- The report --------------------------------------------------------------------------------------------------


def machine():
    """Yield what the figures depend on, a line each."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    yield f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {platform.platform()}"
    versions = [f"Python {platform.python_version()}"]
    for package in "numpy", "torch", "jax":
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    yield ", ".join(versions)
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    yield f"BLAS: {blas['name']} {blas['version']}"
    yield f"{datetime.date.today()}"


def main(names):
    groups = {
        "classic": classic, "grid": grid, "sampling": sampling, "memory": memory, "loading": loading_rows,
        "reports": reports_rows, "busy": busy_rows, "profile": lambda: profile.lines(STEPS), "suite": suite.lines,
    }  # fmt: skip
    began = time.perf_counter()
    lines = ["# Measured speed", "", "Written by `make bench`; `bench/bench.py` says how.", ""]
    lines += [f"- {line}" for line in machine()] + ["", *HEADER.split("\n")]
    print("\n".join(lines), flush=True)
    for name in names or [name for name in groups if name != "suite"]:
        for line in groups[name]():
            print(line, flush=True)
            lines.append(line)
    lines += ["", f"All of it took {(time.perf_counter() - began) / 60:.1f} minutes."]
    print(lines[-1])
    if not names:
        Path(__file__).with_name("RESULTS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
