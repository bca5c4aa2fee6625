"""The course in the browser: what is built for it, and that it runs, in JupyterLite in Chromium.

`make site-test` runs the first cells of every notebook, and 00, 02 and 04 whole; `make lite-test` all of them whole,
their sliders moved, and prints the table that stands in docs/browser.md. Pyodide's packages come from its CDN: here its
addresses are answered with verified copies, and no other host may be asked for anything.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import test_browser
from test_browser import browser, screenshots  # noqa: F401  fixtures
from web_server import serve_site_with_python

from notebooks import PATHS, has_tag, read

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "site"))

import in_browser  # noqa: E402
import pyodide  # noqa: E402
from lite import budgets, jupyterlite  # noqa: E402

NAMES = [path.stem for path in PATHS]
WHOLE = ("00", "02", "04")
FIRST = 3  # code cells of each other notebook
START, REST = 300, 3600  # seconds, on a machine that does other things beside
HARMLESS = re.compile(  # what browsers ask every server for; what is told twice; a kernel that ends with its page
    r"/favicon\.ico$|^Failed to load resource|was disposed$"
)
KERNEL = re.compile(r"^Python \(Pyodide\) \| Idle$")


# What is built


@pytest.mark.parametrize("name", budgets.BUDGETS)
def test_each_text_of_the_budgets_stands_once_in_its_cell(name):
    notebook = read(ROOT / "notebooks" / f"{name}.ipynb")
    budgets.apply(notebook, name)  # raises, if not
    sources = {cell.id: cell.source for cell in notebook.cells}
    assert all(instead in sources[cell_id] for cell_id, _, instead, _ in budgets.BUDGETS[name])


def test_the_page_on_the_browser_names_every_budget():
    page = (ROOT / "docs" / "browser.md").read_text(encoding="utf-8")
    reasons = {(name[:2], reason) for name, rows in budgets.BUDGETS.items() for *_, reason in rows}
    assert {found for found in reasons if f"- *Notebook {found[0]}*: {found[1]}." not in page} == set()


def test_a_text_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setitem(budgets.BUDGETS, NAMES[0], [("00-003", "no such text", "", "a reason")])
    with pytest.raises(ValueError, match="no such text"):
        budgets.apply(read(PATHS[0]), NAMES[0])


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_a_copy_has_no_outputs_its_kernel_and_the_note(path):
    notebook = jupyterlite.adapted(read(path), path.stem)
    assert notebook.metadata["kernelspec"]["name"] == "python"
    assert "in this browser" in notebook.cells[1].source
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_a_file_that_is_not_the_locks_is_refused(tmp_path):
    with pytest.raises(ValueError, match="numpy.whl is not the file"):
        pyodide._check(tmp_path / "numpy.whl", b"something else", "0" * 64)
    assert not (tmp_path / "numpy.whl").exists()


def test_what_is_built_is_out_of_date_when_a_source_is_newer(tmp_path, monkeypatch):
    last, source = tmp_path / "last", tmp_path / "sources" / "folder" / "source"
    monkeypatch.setattr(in_browser, "LAST", last)
    monkeypatch.setattr(in_browser, "SOURCES", [tmp_path / "sources"])
    source.parent.mkdir(parents=True)
    (tmp_path / "sources" / "_build").mkdir()
    for path, time in (source, 1), (tmp_path / "sources" / "_build" / "made", 9):
        path.touch()
        os.utime(path, (time, time))
    assert not in_browser.up_to_date()
    for time, expected in (2, True), (1, False), (0, False):
        last.touch()
        os.utime(last, (time, time))
        assert in_browser.up_to_date() == expected


THERE_AND_BACK = """import sys
from safetensors import safe_open
from safetensors.numpy import save_file
file = safe_open(sys.argv[1], framework="numpy")
save_file({key: file.get_tensor(key) for key in file.keys()}, sys.argv[1], file.metadata())
"""


def test_the_stand_in_for_safetensors_reads_and_writes_what_the_library_does(tmp_path):
    import safetensors.numpy  # the library

    rng = np.random.default_rng(0)
    tensors = {"b": rng.random((3, 2)), "a": rng.random(5), "half": rng.random((2, 2)).astype(np.float16)}
    tensors["single"] = rng.random((1, 3)).astype(np.float32)
    path, raw = tmp_path / "file", safetensors.numpy.save(tensors, {"chars": "\n \"é☃"})
    path.write_bytes(raw)
    subprocess.run([sys.executable, "-c", THERE_AND_BACK, path], cwd=ROOT / "site" / "lite", check=True)
    assert path.read_bytes() == raw


# What runs in the page


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the site, and yield JupyterLite's address."""
    with serve_site_with_python(tmp_path_factory.mktemp("server")) as (address, _):
        yield f"{address}lite"


@pytest.fixture
def page(browser, address, screenshots, request):  # noqa: F811
    """A page of a browser that has never been here; at its end, no request may have failed or left this machine."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, accept_downloads=True)
    copies, complaints = pyodide.cdn_copies(), []

    def answer(route):
        if (asked := route.request.url) in copies:
            route.fulfill(path=copies[asked], headers={"Access-Control-Allow-Origin": "*"})
        else:
            complaints.append(f"asked for {asked}")
            route.abort()

    context.route(lambda asked: not asked.startswith(("http://127.0.0.1:", "data:", "blob:")), answer)
    context.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    page.screenshot(path=screenshots / f"lite_{re.sub(r'[^a-z0-9_]', '_', request.node.name)}.png")
    context.close()
    assert not [complaint for complaint in complaints if not HARMLESS.search(complaint)]


def open_notebook(page, address, name):
    page.goto(f"{address}/lab/index.html?path=notebooks/{name}.ipynb")
    page.get_by_text(KERNEL).wait_for(timeout=1000 * START)


def wait_for(page, count):
    asked = [count, test_browser.ERROR]
    page.wait_for_function(test_browser.FINISHED, arg=asked, timeout=1000 * REST, polling=500)  # seldom: it has to work
    test_browser.assert_no_errors(page)


@pytest.mark.site
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(WHOLE)])
def test_first_cells(page, address, name):
    cells = read(ROOT / "notebooks" / f"{name}.ipynb").cells
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    open_notebook(page, address, name)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    for _ in range(code[FIRST - 1] + 2):  # with the note, and the cell itself
        page.keyboard.press("Shift+Enter")
    wait_for(page, FIRST)


@pytest.mark.site
@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(WHOLE)])
def test_whole_notebook(page, address, name):
    run_whole(page, address, name)


def run_whole(page, address, name):
    """Run all cells; return CPU seconds of the core and of all, and how much memory the page ever took, in MB."""
    cells = read(ROOT / "notebooks" / f"{name}.ipynb").cells
    deeper = next((i for i, cell in enumerate(cells) if cell.source.startswith("## Deeper")), len(cells))
    core, count = (sum(cell.cell_type == "code" for cell in some) for some in (cells[:deeper], cells))
    open_notebook(page, address, name)
    began, _ = used(page)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    wait_for(page, core)
    core_took = used(page)[0] - began
    wait_for(page, count)
    took, memory = used(page)
    return core_took, took - began, memory


def used(page):
    """Return CPU seconds and most memory, in MB, of the process that has the page and its kernel."""
    session = page.context.browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    busiest = max((one for one in processes if one["type"] == "renderer"), key=lambda one: one["cpuTime"])
    status = Path(f"/proc/{busiest['id']}/status").read_text(encoding="utf-8")
    return busiest["cpuTime"], int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


@pytest.mark.site
def test_a_change_survives_a_reload_can_be_downloaded_and_taken_back(page, address):
    name, mine = "02_hidden_state", "# a line of mine"
    open_notebook(page, address, name)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(f"\n{mine}")
    changed = page.locator(".lm-DockPanel-tabBar .jp-mod-dirty")
    changed.wait_for()
    changed.wait_for(state="detached", timeout=1000 * START)  # it has saved itself
    page.reload()
    page.locator(".jp-Notebook .cm-content", has_text=mine).wait_for(timeout=1000 * START)
    page.locator(".lm-MenuBar-item", has_text="File").click()
    with page.expect_download() as download:
        page.locator('.lm-Menu-item[data-command="docmanager:download"]').click()
    assert mine in Path(download.value.path()).read_text(encoding="utf-8")
    page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabCloseIcon").first.click()
    listed = page.locator(".jp-DirListing-item", has_text=name[:9])
    listed.click(button="right")
    page.locator('.lm-Menu-item[data-command="filebrowser:delete"]').click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.locator(".jp-Dialog").wait_for(state="detached")
    listed.dblclick()
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=1000 * START)
    assert not page.locator(".cm-content", has_text=mine).count()


# All of it, in an hour or so (make lite-test)


@pytest.mark.lite
@pytest.mark.parametrize("name", NAMES)
def test_all_of_it(page, address, name, capsys):
    core, whole, memory = run_whole(page, address, name)
    moved = 0
    page.evaluate("window.jupyterapp.commands.execute('notebook:expand-all-headings')")
    code = [cell for cell in read(ROOT / "notebooks" / f"{name}.ipynb").cells if cell.cell_type == "code"]
    for cell, source in zip(page.locator(".jp-Notebook .jp-CodeCell").all(), code, strict=True):
        if has_tag(source, "explorer"):
            cell.scroll_into_view_if_needed()
            for slider in cell.locator(".widget-slider .noUi-handle").all():
                test_browser.move_to_both_ends(page, cell, slider)
                test_browser.drag(page, cell, slider)  # which leaves it between its ends: there the next one shows
                moved += 1
    test_browser.assert_no_errors(page)
    with capsys.disabled():
        print(f"\n| `{name}` | {core:.0f} | {whole:.0f} | {memory:.0f} | {moved} |")
