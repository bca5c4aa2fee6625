"""Packages of the npm registry that the site carries or is tested with: fetched once, verified, kept."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

CACHE = Path(__file__).resolve().parent / "_cache"
# Looks for what shuts readers out of a page
AXE = ("axe-core", "4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745")


def package(name, version, sha256):
    """Return the folder of a package, after `npm pack` has fetched it if need be.

    Raises
    ------
    ValueError
        If what was fetched has not this SHA-256.
    """
    folder = CACHE / f"{name}-{version}"
    archive = folder.with_suffix(folder.suffix + ".tgz")
    if not archive.exists():
        CACHE.mkdir(exist_ok=True)
        command = ["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", str(CACHE)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sha256:
        raise ValueError(f"{archive.name} has the SHA-256 {found}, expected {sha256}; delete it to fetch it anew")
    if not folder.exists():
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
    return folder / "package"
