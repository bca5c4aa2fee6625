"""Execute notebooks in place and clean them: python tools/run_notebooks.py notebooks/*.ipynb (make notebooks).

What would differ from run to run or from machine to machine without meaning anything is taken out: execution times,
progress bars and other widgets, the Python version. Of an explorer its first picture stays. Cell ids stay as they are.
Cells tagged `needs-torch` keep the outputs that they have where PyTorch is not installed.
"""

import html
import importlib.util
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.output_widget import OutputWidget

# Nobody reads the widget state that nbclient sends back, and sending it can lose a reply, after which the cell never
# ends (nbclient issue 312).
OutputWidget.sync_state = lambda self: None

WIDGET = "application/vnd.jupyter.widget-view+json"
SCRIPT = "application/javascript"  # names the sliders of a page that runs

WORDS = "-words"  # ends the id of a cell that describes the figure above it

def clean(notebook):
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [out for out in map(still, cell.outputs) if SCRIPT not in out.get("data", {})]
            cell.outputs = [out for out in cell.outputs if WIDGET not in out.get("data", {})]


def still(output):
    """Leave of a widget that comes with a picture the picture."""
    if "image/png" in output.get("data", {}):
        output.data.pop(WIDGET, None)
    return output


def describe(notebook):
    """Put each figure's alternative text where a reader meets it: with the picture, and folded in a cell below it.

    It is written once, in the metadata of the figure's cell, from where the site takes it. The output's metadata bring
    it into exported pages; JupyterLab shows neither.
    """
    cells = []
    for cell in (cell for cell in notebook.cells if not cell.id.endswith(WORDS)):
        cells.append(cell)
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        pictures = [out for out in cell.get("outputs", []) if alt and "image/png" in out.get("data", {})]
        for out in pictures:
            out.metadata.setdefault("image/png", {})["alt"] = alt
        if any("text/html" not in out.data for out in pictures):
            text = f"<details><summary>The figure in words</summary><p>{html.escape(alt, quote=False)}</p></details>"
            cells.append(nbformat.v4.new_markdown_cell(text, id=cell.id + WORDS))
    notebook.cells = cells


def needs_torch(notebook):
    return [cell for cell in notebook.cells if "needs-torch" in cell.metadata.get("tags", [])]


def main(paths):
    for path in map(Path, paths):
        notebook = nbformat.read(path, as_version=4)
        stored = [cell.outputs for cell in needs_torch(notebook)]
        began = time.perf_counter()
        client = NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False,
                                coalesce_streams=True, resources={"metadata": {"path": str(path.parent)}})  # fmt: skip
        client.execute()
        if importlib.util.find_spec("torch") is None:
            for cell, outputs in zip(needs_torch(notebook), stored, strict=True):
                cell.outputs = outputs
        clean(notebook)
        describe(notebook)
        nbformat.write(notebook, path)
        print(f"{path}: {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
