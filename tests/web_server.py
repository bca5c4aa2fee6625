"""A plain web server, as a visitor of the site meets one, and the site on it."""

import functools
import sys
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "site"))
import in_browser  # noqa: E402
import pyodide  # noqa: E402


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def serve(folder):
    """Serve a folder on this machine, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def serve_site(root):
    """Serve site/_build from a sub-folder of an empty folder; yield its address."""
    (root / "some folder").mkdir()
    (root / "some folder" / "course").symlink_to(in_browser.BUILD)
    with serve(root) as server:
        yield f"{server}/some%20folder/course/"


@contextmanager
def serve_site_with_python(root):
    """Serve the site with what runs Python in the browser, built first unless `make site` has; skip if it cannot be."""
    import fcntl  # Windows has none, and does not come here: these tests need Chromium on the path

    try:
        pyodide.CACHE.mkdir(exist_ok=True)
        with open(pyodide.CACHE / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes the first builds
            copies = pyodide.cdn_copies()
            if not in_browser.up_to_date():
                in_browser.build()
    except pyodide.NotToBeHad as reason:
        pytest.skip(f"what runs in the browser is made of things that are not to be had: {reason}")
    with serve_site(root) as address:
        yield address, copies
