"""Explorers: a picture with sliders, which poses a question that the learner answers by moving them.

Each module has the explorers of one notebook, each function one explorer: it draws a figure once, and says how the
figure changes with the controls. `explore` does the rest. It draws while a slider is dragged: the figure is kept,
`update` changes what is in it, and the picture is replaced in one piece, so that nothing on the page jumps. Where there
is no kernel, on GitHub or on the course's site, the first picture stands in the place of the whole.

An explorer owns its names: it gets the network and the text as arguments, so that no later cell can take them away.
"""

import base64
import html
import io
import textwrap
import traceback

import matplotlib.image
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH = 8  # inches, at 100 CSS pixels each: what fits into JupyterLab at 1366 pixels, with its sidebar open
DENSITY = 1.6  # pixels of the picture for each CSS pixel: sharp on a dense screen, and still quick
UNSEEN = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)"
# ipywidgets gives neither a slider nor a picture a name that a screen reader could say. Each has it beside itself.
NAMES = """
window.explorerNames ??= new MutationObserver(() => {
  for (const one of document.querySelectorAll('.widget-slider .noUi-handle:not([aria-label])')) {
    const label = one.closest('.widget-slider').querySelector('.widget-label').textContent;
    one.setAttribute('aria-label', label);
    one.closest('.widget-slider').querySelector('.widget-readout')?.setAttribute('aria-label', label);
  }
  for (const one of document.querySelectorAll('.explorer-alt'))
    one.closest('.widget-box')?.querySelector('img:not([alt])')?.setAttribute('alt', one.textContent);
});
window.explorerNames.observe(document.body, {childList: true, subtree: true});
"""


def axes_of(height, columns=1, *, widths=None, left=0.08, right=0.98, bottom=0.2, top=0.88, wspace=0.25):
    """Return a figure of the explorers' width, and its axes side by side, at places that do not move.

    Parameters
    ----------
    height : float
        In inches.
    columns : int, default 1
    widths : sequence of float, optional
        How wide the columns are, relative to each other.
    left, right, bottom, top, wspace : float
        Where the axes stand, as in matplotlib's `subplots_adjust`.
    """
    figure = Figure(figsize=(WIDTH, height), dpi=100 * DENSITY)
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, columns, squeeze=False, gridspec_kw={"width_ratios": widths})[0]
    figure.subplots_adjust(left=left, right=right, bottom=bottom, top=top, wspace=wspace)
    return figure, axes


def slider(label, low, high, step, value):
    """Return a slider from low to high; over whole numbers if the step is an int."""
    from ipywidgets import FloatSlider, IntSlider

    kind = IntSlider if isinstance(step, int) else FloatSlider
    digits = {} if kind is IntSlider else {"readout_format": f".{max(0, len(f'{step:.10f}'.rstrip('0')) - 2)}f"}
    return _labelled(kind, label, min=low, max=high, step=step, value=min(max(value, low), high), **digits)


def choice(label, options, value):
    """Return a slider over a few values, written out as they are: hidden sizes, say."""
    from ipywidgets import SelectionSlider

    return _labelled(SelectionSlider, label, options=options, value=value)


def buttons(label, options, value):
    """Return a row of buttons, one of which is pressed."""
    from ipywidgets import ToggleButtons

    one = _labelled(ToggleButtons, label, options=options, value=value)
    one.style.button_width = "auto"
    return one.add_class("widget-inline-hbox")  # the label beside the buttons, as with a slider


def text_box(label, value):
    """Return a line to type into. A line end is shown as ↵, and may be typed as that or as a backslash and an n."""
    from ipywidgets import Text

    return _labelled(Text, label, value=value.replace("\n", "↵"))


def typed(value):
    """Return what somebody meant who typed this into a `text_box`."""
    return value.replace("↵", "\n").replace("\\n", "\n")


def _labelled(kind, label, **settings):
    """Return a widget as wide as all the others, with room for its label."""
    one = kind(description=label, **settings)  # a slider tells its value while it is dragged
    one.style.description_width = "11em"
    one.layout.width, one.layout.max_width = "42em", "98%"
    return one


def set_heights(bars, heights):
    """Give each bar its height."""
    for bar, height in zip(bars, heights, strict=True):
        bar.set_height(height)


def explore(figure, update, *, alt, lines=1, **controls):
    """Show a figure that follows its controls.

    Parameters
    ----------
    figure : matplotlib Figure
        From `axes_of`, with all its artists in place.
    update : callable
        Called with the value of each control, by name, it changes the artists and returns the text that stands
        below the picture. Its ValueError becomes a line there: it is what the learner reads after bad input.
    alt : str
        What the picture shows, for those who cannot see it.
    lines : int, default 1
        Lines of text to leave room for below the picture.
    **controls : ipywidgets
        From `slider`, `choice`, `buttons` and `text_box`.

    Returns
    -------
    box : ipywidgets.VBox
        The controls, the picture, and the text below it.
    """
    from IPython.display import display
    from ipywidgets import HTML, Image, VBox

    picture = Image(format="png", width=round(100 * WIDTH), height=round(100 * figure.get_figheight()))
    picture.layout.max_width, picture.layout.height = "100%", "auto"
    below = HTML()
    below.layout.width = "98%"

    def say(text, name="says"):
        below.value = (
            f'<span class="explorer-alt" style="{UNSEEN}">{html.escape(alt)}</span>'
            f'<pre class="explorer-{name}" aria-live="polite" style="white-space: pre-wrap; margin: 0; '
            f'line-height: 1.3; height: {1.3 * lines:.1f}em; overflow-y: auto">{html.escape(text)}</pre>'
        )

    def redraw(_=None):
        try:
            text = update(**{name: control.value for name, control in controls.items()})
            picture.value = png_of(figure)
        except ValueError as mistake:
            return say(str(mistake), "asks")
        except Exception:  # a widget's callback has nobody to raise to
            return say(traceback.format_exc(), "broken")
        said[0] = text
        say(text)

    said = [""]
    redraw()
    picture.value = picture.value or png_of(figure)  # a first input that is no good leaves it empty
    still = base64.b64encode(still_of(figure, said[0], lines)).decode()
    for control in controls.values():
        control.observe(redraw, "value")
    box = VBox([*controls.values(), picture, below])
    data = box._repr_mimebundle_() | {"image/png": still, "text/plain": alt}
    display(data, metadata={"image/png": {"width": int(picture.width), "alt": alt}}, raw=True)
    display({"application/javascript": NAMES}, raw=True)
    return box


def png_of(figure):
    """Return the figure as a PNG of always the same size."""
    file = io.BytesIO()
    figure.canvas.print_png(file, pil_kwargs={"compress_level": 1})  # quick to pack
    return file.getvalue()


def still_of(figure, text, lines):
    """Return the figure with the text below it, as a PNG: what a page shows that has no kernel."""
    below = Figure(figsize=(WIDTH, 0.2 + 0.17 * lines), dpi=100 * DENSITY, facecolor=figure.get_facecolor())
    wrapped = [part for line in text.split("\n") for part in textwrap.wrap(line, 100) or [""]][:lines]
    below.text(0.02, 0.98, "\n".join(wrapped), va="top", family="monospace", fontsize=9, parse_math=False)
    parts = []
    for each in (figure, below):
        canvas = FigureCanvasAgg(each)
        canvas.draw()
        parts.append(np.asarray(canvas.buffer_rgba()))
    file = io.BytesIO()
    matplotlib.image.imsave(file, np.vstack(parts), format="png")
    return file.getvalue()
