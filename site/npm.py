"""Packages of the npm registry that the site and the slides carry or are tested with: fetched once, verified, kept."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

CACHE = Path(__file__).resolve().parent / "_cache"
PACKAGES = {  # name: version, and the archive's hash as `npm view NAME@VERSION dist.integrity` states it
    "axe-core": (  # looks for what shuts readers out of a page
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
    "mathjax": (
        "3.2.2",
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw==",
    ),
    "pyodide": (
        "314.0.4",
        "sha512-fMexKS5P/s8iTjczevLUv/aWq9i5yaGvBTpBW6gM+nzDNelfPpREma/xdDK2AAGebAuKnBJk7fyVP6RBlz4btg==",
    ),
    "reveal.js": (
        "5.2.1",
        "sha512-r7//6mIM5p34hFiDMvYfXgyjXqGRta+/psd9YtytsgRlrpRzFv4RbH76TXd2qD+7ZPZEbpBDhdRhJaFgfQ7zNQ==",
    ),
}


class NotToBeHad(RuntimeError):
    """What has to be downloaded is out of reach; the message says what, and what the client said."""


def package(name):
    """Return the folder of a package, after `npm pack` has fetched it if need be.

    Raises
    ------
    NotToBeHad
        If npm is missing, or the registry out of reach.
    ValueError
        If what was fetched has another hash; it is not kept.
    """
    version, expected = PACKAGES[name]
    folder, archive = CACHE / f"{name}-{version}", CACHE / f"{name}-{version}.tgz"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        run("npm", "pack", "--silent", f"{name}@{version}", cwd=CACHE)
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != expected:
        archive.unlink()
        raise ValueError(f"npm's archive of {name} {version} is {found}, expected {expected}")
    if not folder.exists():
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
    return folder / "package"


def copy(name, files, folder):
    """Copy files and folders of a package into a folder, at the places that they have in the package."""
    root = package(name)
    for file in files:
        source, target = root / file, folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copy2(source, target)


def run(*command, **options):
    """Run a command that downloads something; NotToBeHad if it is not there, or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, **options)
    except FileNotFoundError:
        raise NotToBeHad(f"no {command[0]} on the PATH") from None
    if done.returncode:
        raise NotToBeHad(f"{' '.join(map(str, command))}\n{done.stderr.strip()}")
    return done.stdout
