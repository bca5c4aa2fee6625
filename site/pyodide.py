"""Pyodide, the Python that runs in a browser: its runtime, its packages, and the wheels of rnnlib and course.

The runtime comes from npm, and with it a lock that has the SHA-256 of every package. A visitor's browser takes the
packages (numpy, matplotlib, …) from Pyodide's CDN, and checks them by that lock. Where the CDN is out of reach, as in
the tests, the same files are taken out of a wheel on PyPI that happens to carry them. That wheel need not be trusted:
npm.py has the hash of npm's archive, which has the lock, which has the hashes of the rest.
"""

import base64
import functools
import hashlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import npm
from npm import CACHE, NotToBeHad

import rnnlib

VERSION, _ = npm.PACKAGES["pyodide"]
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "open-webui==0.12.4"  # a wheel on PyPI with Pyodide's packages in it
RUNTIME = ("pyodide.js", "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PACKAGES = ("numpy", "matplotlib", "joblib", "threadpoolctl", "micropip")  # and all that they depend on
DEPENDS = {"rnnlib": ["numpy"], "course": ["rnnlib", "matplotlib"]}  # what is loaded with ours, unasked
ROOT = Path(__file__).resolve().parent.parent


def runtime(folder):
    """Write Pyodide's runtime into a folder, and a lock of what the course needs: `loadPyodide()` finds all by it.

    rnnlib and course are packages of the lock as well, in the wheels that `wheels` writes into ../wheels.
    """
    npm.copy("pyodide", RUNTIME, folder)
    write_lock(folder / "pyodide-lock.json", {wheel: f"../wheels/{wheel.name}" for wheel in own_wheels()})


def wheels(folder):
    """Write the wheels of rnnlib (code alone) and course (with data/), and data/ once more, file by file."""
    folder.mkdir(parents=True, exist_ok=True)
    for wheel in own_wheels():
        shutil.copy(wheel, folder)
    shutil.copytree(ROOT / "data", folder / "data", dirs_exist_ok=True)


def cdn_copies(packages=PACKAGES):
    """Return {address on the CDN: verified copy} of the packages and all that they depend on.

    Raises
    ------
    NotToBeHad
        If PyPI is out of reach.
    ValueError
        If a file is not the one that Pyodide's lock names.
    """
    files = {entry["file_name"]: entry["sha256"] for entry in _needed(packages).values()}
    folder = CACHE / f"packages-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in files if not (folder / name).exists()]
    if missing:
        with tempfile.TemporaryDirectory(dir=CACHE) as download:
            pip_download(download, CARRIER)
            with zipfile.ZipFile(next(Path(download).glob("*.whl"))) as carrier:
                inside = {Path(name).name: name for name in carrier.namelist()}
                if absent := [name for name in missing if name not in inside]:
                    raise NotToBeHad(f"{CARRIER} does not carry {', '.join(absent)}")
                for name in missing:
                    raw = carrier.read(inside[name])
                    _check(folder / name, raw, files[name])
                    part = folder / f"{name}.{os.getpid()}"
                    part.write_bytes(raw)
                    part.replace(folder / name)  # in one piece: another process may be reading it
    for name, sha256 in files.items():
        _check(folder / name, (folder / name).read_bytes(), sha256)
    return {CDN + name: folder / name for name in files}


def _check(path, raw, sha256):
    if hashlib.sha256(raw).hexdigest() != sha256:
        path.unlink(missing_ok=True)
        raise ValueError(f"{path.name} is not the file that Pyodide {VERSION}'s lock names: its SHA-256 differs")


def pip_download(folder, *requirements):
    """Have pip download wheels, without what they depend on, whatever Python they are for; NotToBeHad if it cannot."""
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", folder]
    npm.run(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *options, *requirements)


# The runtime and its lock


@functools.cache
def _official_lock():
    return json.loads((npm.package("pyodide") / "pyodide-lock.json").read_bytes())


def _needed(packages):
    """Return {name: entry} of Pyodide's lock, for the packages and all that they depend on."""
    entries, todo, found = _official_lock()["packages"], list(packages), {}
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = entries[name]
            todo += entries[name]["depends"]
    return dict(sorted(found.items()))


def write_lock(path, wheels):
    """Write a lock of PACKAGES, from the CDN, and of wheels of ours: {wheel: its address, relative to the lock}."""
    entries = {name: entry | {"file_name": CDN + entry["file_name"]} for name, entry in _needed(PACKAGES).items()}
    entries |= dict(_entry(wheel, address) for wheel, address in wheels.items())
    path.write_text(json.dumps({"info": _official_lock()["info"], "packages": entries}, indent=1), encoding="utf-8")


def _entry(wheel, address):
    """Return the name and the entry of a wheel: which modules it has is seen in it."""
    name, version = wheel.name.split("-")[:2]
    name = name.replace("_", "-").lower()
    with zipfile.ZipFile(wheel) as archive:
        tops = {file.split("/")[0].removesuffix(".py") for file in archive.namelist() if file.endswith(".py")}
    return name, {
        "name": name, "version": version, "file_name": address, "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package",
        "imports": sorted(top for top in tops if "." not in top), "depends": DEPENDS.get(name, []),
        "unvendored_tests": False,
    }  # fmt: skip


# The wheels of rnnlib and course


@functools.cache
def own_wheels():
    """Write the wheels of rnnlib and course into the cache, each time the same bytes; return their paths."""
    rnnlib_files = {f"rnnlib/{name}": raw for name, raw in _files(ROOT / "rnnlib", "*.py")}
    course_files = {f"course/{name}": raw for name, raw in _files(ROOT / "course", "*.py")}
    course_files |= {f"rnnlib/data/{name}": raw for name, raw in _files(ROOT / "data", "*")}  # corpus.DATA
    return write_wheel("rnnlib", rnnlib_files), write_wheel("course", course_files)


def _files(folder, pattern):
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def write_wheel(name, files):
    """Write a wheel of these files, {path: bytes}, into the cache; return its path."""
    path = CACHE / f"{name}-{rnnlib.__version__}-py3-none-any.whl"
    about = f"{name}-{rnnlib.__version__}.dist-info"
    files = files | {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {rnnlib.__version__}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: rnnlib\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},{_record_hash(raw)},{len(raw)}\n" for file, raw in files.items()) + f"{about}/RECORD,,\n"
    CACHE.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, raw in {**files, f"{about}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(file), raw, zipfile.ZIP_DEFLATED)  # dated 1980: the same bytes each time
    return path


def _record_hash(raw):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()
