"""Plant each bug of course/mutants.py in a copy of the project and run its unit tests: make mutation.

Every mutant has to make a test fail. Exits with 1 if one survives.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tqdm import tqdm

from course.mutants import GATED, MUTANTS, edit

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    **dict.fromkeys(("rnn", "lstm", "gru"), ["tests/test_cells.py", "tests/test_language_model.py"]),
    "language_model": ["tests/test_language_model.py"],
    "losses": ["tests/test_losses.py", "tests/test_language_model.py"],
}


def passes(folder, tests):
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    result = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if result.returncode not in (0, 1):  # neither passed nor failed: the tests did not run
        sys.exit(result.stdout + result.stderr)
    return result.returncode == 0


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("rnnlib", "course", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / "data").symlink_to(ROOT / "data")
        if not passes(copy, sorted({test for tests in TESTS.values() for test in tests})):
            sys.exit("the tests fail without any mutant")
        mutants, survivors = MUTANTS + GATED, []
        for mutant in tqdm(mutants, unit="mutant"):
            path = copy / "rnnlib" / f"{mutant.module}.py"
            source = path.read_text(encoding="utf-8")
            path.write_text(edit(source, mutant), encoding="utf-8")
            if passes(copy, TESTS[mutant.module]):
                survivors.append(f"{mutant.module}: {mutant.name}")
            path.write_text(source, encoding="utf-8")
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants killed", *survivors, sep="\n  survived: ")
    sys.exit(bool(survivors))


if __name__ == "__main__":
    main()
