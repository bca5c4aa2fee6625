import ast
import graphlib
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {  # "rnnlib", "rnnlib.vocab", ..., "course.checks", ... -> file
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("rnnlib", "course")
    for path in (ROOT / package).rglob("*.py")
}
LAYERS = [
    {"expect", "threads", "vocab", "corpus", "batches", "ngram"},  # text
    {"losses", "products", "rnn", "lstm", "gru", "language_model"},  # equations
    {"optim", "training", "files", "checkpoint", "sweep"},  # learning
    {"sampling", "arithmetic_coding", "export"},  # use
]
LEAVES = {"gradcheck"}  # nothing but the package itself, and the command line, imports these
COMMAND_LINE = {"__main__", "commands"}  # may use all the others, and no other uses it
RNNLIB = sorted(name for name in MODULES if name.startswith("rnnlib"))
IN_LAYERS = [name for name in RNNLIB if name.partition(".")[2] in set.union(*LAYERS)]


def imports(module):
    """The full names of all that a module imports, anywhere in it."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:  # a module of that name, or something in it
                inner = f"{source}.{alias.name}"
                yield inner if inner in MODULES else source


def own(module):
    return {name for name in imports(module) if name.split(".")[0] in ("rnnlib", "course")}


def foreign(module):
    return {name.split(".")[0] for name in imports(module)} - {"rnnlib", "course"} - sys.stdlib_module_names


def test_every_module_has_its_place():
    places = {name.split(".")[1] for name in RNNLIB if name != "rnnlib"}
    assert places <= set.union(*LAYERS, LEAVES, COMMAND_LINE)


@pytest.mark.parametrize("module", IN_LAYERS)
def test_imports_run_one_way(module):
    place = next(i for i, layer in enumerate(LAYERS) if module.partition(".")[2] in layer)
    assert own(module) <= {f"rnnlib.{name}" for name in set.union(*LAYERS[: place + 1])}


@pytest.mark.parametrize("module", RNNLIB)
def test_the_numbers_know_nothing_of_the_course(module):
    strange = {"course", "matplotlib"} - ({"matplotlib"} if module == "rnnlib.commands.plot" else set())
    assert not strange & {name.split(".")[0] for name in imports(module)}


def test_no_module_needs_itself():
    order = [*graphlib.TopologicalSorter({module: own(module) for module in MODULES}).static_order()]
    assert order.index("rnnlib.losses") < order.index("rnnlib.language_model") < order.index("rnnlib.training")


def test_the_packages_load_nothing_before_they_are_asked():
    assert set(imports("rnnlib")) == {"sys", "rnnlib.threads"}
    assert set(imports("course")) == set()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_numpy_and_the_standard_library_are_enough(module):
    more = {
        "course.fonts": {"matplotlib"},
        "course.plots": {"matplotlib"},
        "course.colour": {"matplotlib"},
        "course.networks": {"tqdm"},
        "course.style": {"matplotlib", "PIL"},
        "course.explorers": {"matplotlib", "ipywidgets", "IPython"},
        "rnnlib.commands.plot": {"matplotlib"},
        "rnnlib.commands.terminal": {"tqdm"},
        "rnnlib.sweep": {"joblib", "threadpoolctl"},
        "rnnlib.threads": {"threadpoolctl"},
        "rnnlib.export": {"safetensors"},
    }
    drawings = {"matplotlib"} if module.startswith(("course.figures", "course.diagrams")) else set()
    assert foreign(module) <= {"numpy"} | drawings | more.get(module, set())


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def test_nothing_heavy_is_loaded_at_run_time():
    drawing = ("plots", "colour", "fonts", "style", "figures", "diagrams", "explorers")
    drawing = tuple(f"course.{name}" for name in drawing)
    names = ", ".join(sorted(name for name in MODULES if not name.startswith(drawing)))
    code = f"import json, sys, {names}; print(json.dumps([*sys.modules]))"
    loaded = run_python(code)
    assert "rnnlib.language_model" in loaded
    assert not {"matplotlib", "tqdm", "joblib", "IPython", "torch", "safetensors"} & set(loaded)


@pytest.mark.parametrize("names", ["rnnlib", "rnnlib.rnn, rnnlib.language_model"])
def test_an_import_costs_little_more_than_numpys(names):
    code = f"import numpy, time; began = time.process_time(); import {names}; print(time.process_time() - began)"
    assert median(run_python(code) for _ in range(5)) < 0.1


SOURCES = [path for place in ("rnnlib", "course", "tests", "tools", "bench") for path in (ROOT / place).rglob("*.py")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_read_or_written_in_whatever_encoding_the_system_has(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "corpus.read_text":
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            of_text = name in ("read_text", "write_text") or given.get("text") == "True"
            assert not of_text or "encoding" in given, f"line {node.lineno}: {ast.unparse(node)}"
