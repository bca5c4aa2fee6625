"""Nothing that happens to a training run loses it: kills, signals, closed pipes, full disks, old terminals."""

import contextlib
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import TEXT, fork, run

from rnnlib import checkpoint
from rnnlib.commands import terminal, train

fcntl, pty, termios = (pytest.importorskip(name, exc_type=ImportError) for name in ("fcntl", "pty", "termios"))

STEPS = 300
OPTIONS = ("--hidden-size", 4, "--batch-size", 2, "--block-length", 8, "--steps", STEPS, "--dropout", 0.2)
MOMENTS = 10
SNOWMEN = "Снег идёт, \N{SNOWMAN} снег кружится. “Да?” “Да.” \U0001f600\n" * 60


@pytest.fixture(scope="module")
def through(tmp_path_factory):
    """Runs that nothing has interrupted, on each of two texts."""
    folder = tmp_path_factory.mktemp("through")
    runs = {}
    for name, text in (("text.txt", TEXT), ("snow.txt", SNOWMEN)):
        (folder / name).write_text(text, encoding="utf-8")
        assert run("train", folder / name, *OPTIONS, "--out", folder / f"{name}.npz")[0] == 0
        runs[name] = checkpoint.load_run(folder / f"{name}.npz")[0]
    return runs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "snow.txt").write_text(SNOWMEN, encoding="utf-8")
    return tmp_path


def often():
    """In the child: save every 20 steps, and take a few milliseconds for a step, so that a moment can be hit."""
    train.SAVE_EVERY = 20
    step = train.training._take_step
    train.training._take_step = lambda *arguments: (time.sleep(0.0005), step(*arguments))[1]


def start(folder, *options, out="out", text="text.txt", encoding="utf-8"):
    """Start a run whose output goes to files, or to a file descriptor."""
    with contextlib.ExitStack() as stack:
        if isinstance(out, str):
            out = stack.enter_context(open(folder / out, "wb")).fileno()
        err = stack.enter_context(open(folder / "err", "wb")).fileno()
        return fork(folder, "train", text, *OPTIONS, *options, out=out, err=err, encoding=encoding, before=often)


def ended(child):
    """Wait for the child; return its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def resume_and_compare(folder, through, text="text.txt"):
    """Carry on to the end, and require the very run that nothing interrupted; return whether there was more to do."""
    name = folder / text.replace(".txt", ".npz")
    resumed = checkpoint.load_run(name)[0]
    if unfinished := resumed.step < STEPS:
        assert run("train", text, "--resume", name)[0] == 0
        resumed = checkpoint.load_run(name)[0]
    assert resumed.step == STEPS and resumed.smooth_loss == through[text].smooth_loss
    np.testing.assert_equal(resumed.params, through[text].params)
    np.testing.assert_equal(resumed.optimizer.memory, through[text].optimizer.memory)
    np.testing.assert_equal(resumed.state, through[text].state)
    return unfinished


def left_over(folder, text="text.txt"):
    names = {path.name for path in folder.iterdir()} - {"text.txt", "snow.txt", "out", "err"}
    return names - {text.replace(".txt", ".npz"), text.replace(".txt", ".best.npz")}


def moment(i):
    """The i-th of ten moments, from before the first step to after the last."""
    return np.random.default_rng(i).uniform(0, 0.08) + 0.08 * i


def wait_for(path, child, seconds=60):
    began = time.monotonic()
    while not path.exists():
        assert time.monotonic() - began < seconds and os.waitpid(child, os.WNOHANG) == (0, 0)
        time.sleep(0.002)


@pytest.mark.parametrize("i", range(MOMENTS))
def test_a_kill_at_any_moment_leaves_the_last_save(folder, through, i):
    child = start(folder)
    wait_for(folder / "text.npz", child)
    time.sleep(moment(i))
    os.kill(child, signal.SIGKILL)
    assert ended(child) in (0, -signal.SIGKILL)
    if resume_and_compare(folder, through):
        assert not left_over(folder)  # the resumed run has cleared away what the killed one left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("i", range(MOMENTS))
def test_a_signal_finishes_the_step_and_saves(folder, through, number, i):
    child = start(folder)
    wait_for(folder / "text.npz", child)
    time.sleep(moment(i))
    before = checkpoint.load_run(folder / "text.npz")[0].step
    os.kill(child, number)
    code, out = ended(child), (folder / "out").read_text(encoding="utf-8")
    assert (folder / "err").read_text(encoding="utf-8") == ""
    stopped = checkpoint.load_run(folder / "text.npz")[0].step
    if stopped < STEPS:
        assert code == 128 + number and stopped >= before
        assert f"stopped by {number.name} after step {stopped} of {STEPS}; saved text.npz" in out
        assert out.rstrip().endswith("carry on with --resume text.npz")
    else:
        assert code in (0, -number, 130)
    resume_and_compare(folder, through)


@pytest.mark.parametrize("i", range(MOMENTS))
def test_many_signals_lose_no_more_than_one(folder, through, i):
    child = start(folder)
    wait_for(folder / "text.npz", child)
    time.sleep(moment(i) / 2)
    with contextlib.suppress(ProcessLookupError):
        for k in range(20):
            os.kill(child, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[k % 3])
            time.sleep(0.001 * (i + 1) * (k % 2))
    assert ended(child) >= 0 or "saved text.npz" in (folder / "out").read_text(encoding="utf-8")
    assert "Traceback" not in (folder / "err").read_text(encoding="utf-8")
    resume_and_compare(folder, through)


@pytest.mark.parametrize("i", range(MOMENTS))
def test_a_reader_who_goes_away_silences_the_run(folder, through, i):
    reading, writing = os.pipe()
    child = start(folder, out=writing)
    os.close(writing)
    for _ in range(i):
        if not os.read(reading, 80):
            break
    os.close(reading)
    assert ended(child) == 0
    assert (folder / "err").read_text(encoding="utf-8") == ""
    assert checkpoint.load_run(folder / "text.npz")[0].step == STEPS
    resume_and_compare(folder, through)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("every", range(1, 11))
def test_a_terminal_that_cannot_show_the_text_shows_escapes(folder, through, encoding, every):
    assert ended(start(folder, "--sample-every", 30 * every, text="snow.txt", encoding=encoding)) == 0
    assert (folder / "err").read_text(encoding="utf-8") == ""
    out = (folder / "out").read_bytes()
    assert rb"\u" in out and ((b"\x93" in out) if encoding == "cp1252" else out.isascii())
    resume_and_compare(folder, through, "snow.txt")


def test_a_full_output_silences_the_run_and_is_told(folder, through):
    with open("/dev/full", "wb") as full:
        assert ended(start(folder, out=full.fileno())) == 0
    assert (folder / "err").read_text(encoding="utf-8") == (
        "warning: standard output: No space left on device; the training went on without it\n"
    )
    resume_and_compare(folder, through)


def limited(size):
    """In the child: no file may become larger; a write beyond fails as on a full disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_save_that_fails_is_told_and_the_last_good_file_stays(folder, through):
    assert ended(start(folder, "--keep", "last")) == 0
    good = (folder / "text.npz").read_bytes()
    with open("out", "wb") as out, open("err", "wb") as err:
        child = fork(folder, "train", "text.txt", "--resume", "text.npz", "--steps", 600, "--keep", "last", "--log",
                     "log.csv", out=out.fileno(), err=err.fileno(), before=lambda: limited(3000))  # fmt: skip
    assert ended(child) == 1
    *warnings, last = (folder / "err").read_text(encoding="utf-8").splitlines()
    assert warnings == ["warning: text.npz: File too large; the training goes on, text.npz still holds step 300"]
    assert last == "error: text.npz: File too large; text.npz still holds step 300"
    assert (folder / "text.npz").read_bytes() == good and left_over(folder) == {"log.csv"}
    resume_and_compare(folder, through)


@pytest.fixture
def small_disk(folder):
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("needs a file system of its own")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("left", [0, 4, 8, 12, 16, 20, 24, 28, 32, 36])
def test_a_full_disk_at_any_moment_leaves_the_last_good_file(folder, small_disk, through, left):
    (small_disk / "text.npz").symlink_to(small_disk / "real.npz")
    (small_disk / "filler").write_bytes(b"x" * 1024 * (60 - left))
    child = start(folder, "--out", "disk/text.npz", "--log", "disk/log.csv")
    code, err = ended(child), (folder / "err").read_text(encoding="utf-8")
    assert "Traceback" not in err and all("No space left" in line for line in err.splitlines())
    (small_disk / "filler").unlink()
    if (small_disk / "real.npz").exists():
        assert code in (0, 1)
        step = checkpoint.load_run(small_disk / "text.npz")[0].step
        assert code == 0 and step == STEPS or f"still holds step {step}" in err
        (folder / "text.npz").write_bytes((small_disk / "text.npz").read_bytes())
        resume_and_compare(folder, through)
    else:
        assert code in (1, 2) and err


def test_a_second_process_on_the_same_file_is_refused(folder, through):
    child = start(folder)
    wait_for(folder / "text.npz", child)
    for options in (["--overwrite"], ["--resume", "text.npz"]):
        code, _, err = run("train", "text.txt", *options)
        assert (code, err) == (2, "error: another process is writing to text.npz\n")
    assert ended(child) == 0
    resume_and_compare(folder, through)
    assert not left_over(folder)


def test_a_signal_that_was_ignored_stays_ignored():
    """As nohup has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminal.signals() as received:
            os.kill(os.getpid(), signal.SIGHUP)
        assert received == []
    finally:
        signal.signal(signal.SIGHUP, before)


# --- Whole processes, as a user starts them ----------------------------------------------------------------------


def command(*arguments):
    return [sys.executable, "-m", "rnnlib", *map(str, arguments)]


@pytest.mark.parametrize(
    ("redirection", "code", "says"),
    [("| head -1", 0, ""), (">&-", 0, ""), ("2>&-", 0, ""), (">&- 2>&-", 0, ""), ("2> /dev/full", 0, ""),
     ("> /dev/full", 0, "warning: standard output: No space left on device; the training went on without it\n"),
     ("> /dev/full 2>&1", 0, "")],
)  # fmt: skip
def test_a_run_survives_its_output(folder, redirection, code, says):
    line = " ".join(command("train", "text.txt", *OPTIONS))
    line = f"set -o pipefail; {line} {redirection}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (code, says)
    assert checkpoint.load_run("text.npz")[0].step == STEPS


@pytest.mark.parametrize("what", ["sample text.npz --length 100000", "evaluate text.npz text.txt", "--help"])
def test_other_commands_end_quietly_without_a_reader_and_say_that_the_disk_is_full(folder, through, what):
    checkpoint.save_run("text.npz", through["text.txt"], checkpoint.Vocab.from_text(TEXT))
    line = " ".join(command(*what.split()))
    reader = f"set -o pipefail; {line} | true"
    done = subprocess.run(["bash", "-c", reader], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(["bash", "-c", f"{line} > /dev/full"], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (1, "error: standard output: No space left on device\n")


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_whole_process_on_an_old_terminal(folder, environment):
    environment = {**os.environ, "PYTHONCOERCECLOCALE": "0", **environment}
    done = subprocess.run(command("train", "snow.txt", *OPTIONS), capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (0, b"") and rb"\u0421" in done.stdout
    done = subprocess.run(command("sample", "snow.npz", "--length", 300), capture_output=True, env=environment)
    assert (done.returncode, done.stderr) == (0, b"") and len(done.stdout) > 300


@pytest.mark.parametrize("columns", [80, 0])
def test_on_a_terminal_of_80_columns_the_bar_is_whole_and_ctrl_c_saves(folder, columns):
    child, screen = pty.fork()
    if not child:
        try:
            time.sleep(0.1)  # for the size to be set
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where the tests run in the background
            os.execv(sys.executable, command("train", "text.txt", "--hidden-size", 8, "--steps", 100000))
        finally:
            os._exit(99)
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    seen = b""
    began = time.monotonic()
    while seen.count(b"left, ") < 20 and time.monotonic() - began < 60:
        seen += os.read(screen, 10000)
    os.write(screen, b"\x03")
    with contextlib.suppress(OSError):  # the terminal ends with its process
        while more := os.read(screen, 10000):
            seen += more
    assert ended(child) == 130
    bars = [part for part in seen.decode().replace("\n", "\r").replace("^C", "").split("\r") if "left, " in part]
    assert not [bar for bar in bars if len(bar) > 80 or not bar.rstrip().endswith("characters/s")]
    assert b"stopped by SIGINT" in seen and Path("text.npz").exists()


@pytest.mark.parametrize("start", [["-m", "rnnlib"], ["bin/rnnlib"]])
def test_ctrl_c_while_numpy_loads_is_quiet_at_the_command_line(folder, start):
    (folder / "numpy.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    (folder / "bin").mkdir()
    script = "import sys\nfrom rnnlib.__main__ import main\nsys.exit(main())\n"
    (folder / "bin" / "rnnlib").write_text(script, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(terminal.__file__).parents[2])])}
    done = subprocess.run([sys.executable, *start, "--help"], capture_output=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
    done = subprocess.run([sys.executable, "-c", "import rnnlib"], capture_output=True, env=environment)
    assert done.returncode != 130 and b"KeyboardInterrupt" in done.stderr  # elsewhere it is the user's own


@pytest.mark.parametrize("what", ["train text.txt --out new.npz", "evaluate text.npz snow.txt --skip-unknown"])
def test_a_setting_that_the_progress_bar_cannot_read_is_a_mistake(folder, through, what):
    checkpoint.save_run("text.npz", through["text.txt"], checkpoint.Vocab.from_text(TEXT))
    environment = {**os.environ, "TQDM_MININTERVAL": "often"}
    done = subprocess.run(command(*what.split()), capture_output=True, encoding="utf-8", env=environment)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: the progress bar cannot read its settings in the environment, TQDM_MININTER")
    assert not Path("new.npz").exists()
