"""JupyterLite with the whole course, for a browser and nothing else: python site/lite/jupyterlite.py (make lite).

The notebooks are copied without their outputs, made smaller by `budgets.py`, and get a note that says what is kept
where. Python, numpy and matplotlib come as `site/pyodide.py` says; what the kernel needs besides is served with the
site: wheels of pure Python from PyPI, and one of ours.
"""

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path[0] = str(HERE.parent)

import pyodide  # noqa: E402
from lite import budgets  # noqa: E402

import rnnlib  # noqa: E402

NOTEBOOKS = sorted((pyodide.ROOT / "notebooks").glob("*.ipynb"))
EXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL, WIDGETS = "@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager"
KERNEL_WHEELS = ("ipykernel", "piplite", "pyodide_kernel", "widgetsnbextension-4")  # they come with the kernel
NOTE = """\
> **This page runs in your browser.** Nothing is installed, and nothing that you type leaves it. The first cell takes up
> to half a minute, while Python starts. What you change is kept in this browser, also when you reload the page;
> *File → Download* saves it elsewhere. To have the course's own page back, close it, right-click on its name in the
> list on the left and choose *Delete*: your copy goes, the original stands there again."""
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # every cell is in the page
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},  # seconds
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


def build(site):
    """Write JupyterLite into site/lite; it needs site/pyodide and site/wheels (`pyodide.runtime`, `pyodide.wheels`)."""
    lite = site / "lite"
    shutil.rmtree(lite, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:  # a new one: JupyterLite remembers in it what it has built before
        source = Path(folder)
        write_contents(source / "contents")
        (source / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        (source / "jupyter-lite.json").write_text(json.dumps(lite_settings()), encoding="utf-8")
        options = {
            "contents": [str(source / "contents")], "output_dir": str(lite), "apps": ["lab"],
            "no_sourcemaps": True, "no_unused_shared_packages": True, "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(EXTENSIONS / KERNEL), str(EXTENSIONS / WIDGETS)],  # not all that are installed
        }  # fmt: skip
        (source / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": options}), encoding="utf-8")
        command = [sys.executable, "-m", "jupyterlite_core.app", "build"]
        done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"jupyter lite build failed:\n{done.stdout}{done.stderr}")
    (lite / "wheels").mkdir()
    for wheel in kernel_wheels():
        shutil.copy(wheel, lite / "wheels")
    wheels = {wheel: f"wheels/{wheel.name}" for wheel in kernel_wheels()}
    wheels |= {wheel: f"../wheels/{wheel.name}" for wheel in pyodide.own_wheels()}
    pyodide.write_lock(lite / "pyodide-lock.json", wheels)


def lite_settings():
    """Return jupyter-lite.json: where Pyodide is, and that all packages are loaded with it, not one by one later."""
    names = [wheel.name.split("-")[0].replace("_", "-") for wheel in kernel_wheels()]
    kernel = {
        "pyodideUrl": "./../pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"lockFileURL": "pyodide-lock.json", "packages": [*pyodide.PACKAGES, "course", *names]},
    }
    config = {"appName": "Recurrent networks from scratch", "litePluginSettings": {f"{KERNEL}:kernel": kernel}}
    config["exposeAppInBrowser"] = True  # as window.jupyterapp: the tests ask it how far a notebook is
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": config}


@functools.cache
def kernel_wheels():
    """Return the wheels that the kernel needs, from PyPI from the kernel's extension, and one of ours."""
    folder = pyodide.CACHE / "kernel"
    shutil.rmtree(folder, ignore_errors=True)
    pyodide.pip_download(folder, "--require-hashes", "-r", HERE / "wheels.txt")
    inside = EXTENSIONS / KERNEL / "static" / "pypi"
    own = [next(inside.glob(f"{name}*.whl")) for name in KERNEL_WHEELS]
    name = "course_in_browser"
    files = {f"safetensors/{path.name}": path.read_bytes() for path in sorted((HERE / "safetensors").glob("*.py"))}
    data = f"{name}-{rnnlib.__version__}.data/data"  # goes to the root of the file system
    files[f"{data}/etc/ipython/startup/{name}.py"] = (HERE / "startup.py").read_bytes()
    files |= {path.name: path.read_bytes() for path in sorted(HERE.parent.glob("kernel/simd_matmul.[pw]*"))}
    return *sorted(folder.glob("*.whl")), *own, pyodide.write_wheel(name, files)


def write_contents(folder):
    """Write what the file list shows: the notebooks' copies, and the texts of data/ beside them as in a clone."""
    (folder / "notebooks").mkdir(parents=True)
    for path in NOTEBOOKS:
        nbformat.write(adapted(nbformat.read(path, as_version=4), path.stem), folder / "notebooks" / path.name)
    (folder / "data").mkdir()
    for path in [*pyodide.ROOT.glob("data/*.txt"), pyodide.ROOT / "data" / "README.md"]:
        shutil.copy(path, folder / "data")


def adapted(notebook, name):
    """Change a notebook into what the browser gets: no outputs, its kernel, its budgets, a note below the title."""
    budgets.apply(notebook, name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = {"kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}}
    reasons = dict.fromkeys(reason for *_, reason in budgets.BUDGETS.get(name, ()))  # each once, in order
    note = NOTE + (f"\n>\n> Smaller here than in an installed course: {'; '.join(reasons)}." if reasons else "")
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(note, id="in-your-browser"))
    return notebook


if __name__ == "__main__":
    site = HERE.parent / "_build"
    pyodide.runtime(site / "pyodide")
    pyodide.wheels(site / "wheels")
    build(site)
