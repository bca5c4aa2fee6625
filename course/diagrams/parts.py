"""What drawings are made of: a canvas measured in inches, boxes, circles, arrows, and graphs of them.

A graph is drawn forwards, with solid arrows, or backwards, with the same arrows dashed and turned round: gradients go
back along the very ways on which the numbers came.
"""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from course.style import BLUE, CARD, GREY, INK, ORANGE, round_card

SIZE = 10  # points, and 8.5 for small print: 12 pixels on a page of 800
SMALL = 8.5
DARK = {BLUE: "#00568A", ORANGE: "#A34700"}  # the same colours for text: 4.5:1 or more on the card
TINTS = {BLUE: "#DCEAF3", ORANGE: "#F9E3D5", GREY: "#E6E6E6"}


def canvas(width, *heights):
    """Return a figure of that many inches and axes without frame whose unit is the inch, one below the other."""
    figure = round_card(Figure(figsize=(width, sum(heights)), facecolor=CARD))
    top, axes = sum(heights), []
    for height in heights:
        ax = figure.add_axes((0, (top - height) / sum(heights), 1, height / sum(heights)))
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.set_axis_off()
        axes.append(ax)
        top -= height
    return figure, *axes


def write(ax, x, y, text, **style):
    """Write a text, centred on (x, y) unless `ha`, `va` say otherwise."""
    style = {"ha": "center", "va": "center", "fontsize": SIZE, "color": INK, "zorder": 4} | style
    return ax.text(x, y, text, **style)


def box(ax, x, y, text, *, width=0.9, height=0.5, colour=GREY, **style):
    """Draw a box with round corners, tinted in its colour, and its text."""
    shape = f"round,pad=0,rounding_size={min(0.1, height / 3)}"
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, fc=TINTS[colour], ec=colour, lw=1.3, zorder=3))
    return write(ax, x, y, text, **style)


def circle(ax, x, y, text, *, radius=0.16, colour=INK):
    """Draw a circle with the sign of an operation that works on each unit alone."""
    ax.add_patch(Circle((x, y), radius, fc="white", ec=colour, lw=1.3, zorder=3))
    return write(ax, x, y, text, fontsize=SIZE + 2)


def dot(ax, x, y, colour=INK):
    """Draw a dot, where a way divides."""
    ax.add_patch(Circle((x, y), 0.035, fc=colour, ec="none", zorder=3))


def arrow(ax, *points, back=False, head=True, colour=None, width=1.5, style=None):
    """Draw an arrow through the points: solid, or dashed and in the colour of gradients if it goes back."""
    colour = colour or (ORANGE if back else INK)
    points = np.array(points, dtype=float)
    last = points[-1] - points[-2]
    tip, points[-1] = points[-1].copy(), points[-1] - (0.07 * last / np.hypot(*last) if head else 0)
    style = style or ((0, (3.2, 1.7)) if back else "-")
    ax.plot(*points.T, color=colour, lw=width, ls=style, solid_joinstyle="round", zorder=2)
    if head:
        shape = {"arrowstyle": "-|>,head_length=0.5,head_width=0.23", "fc": colour, "ec": colour, "lw": 0.8}
        start = tip - 0.12 * last / np.hypot(*last)
        ax.annotate("", tip, start, arrowprops=shape | {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 13}, zorder=2.5)


def shade(ax, x, y, values, *, width, height, limit=None, frame=INK):
    """Draw a matrix as shaded squares, blue below zero and red above, in a frame centred on (x, y)."""
    values = np.atleast_2d(values)
    limit = limit or np.abs(values).max() or 1.0
    place = (x - width / 2, x + width / 2, y - height / 2, y + height / 2)
    view = ax.axis()
    ax.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, extent=place, aspect="auto", interpolation="nearest")
    ax.axis(view)
    ax.add_patch(Rectangle((place[0], place[2]), width, height, fc="none", ec=frame, lw=1.2, zorder=3))


@dataclass
class Node:
    """A place in a graph: `kind` is "box", "circle", "text" or "dot"; `half` its half width and height."""

    x: float
    y: float
    text: str = ""
    kind: str = "text"
    half: tuple = (0.24, 0.16)
    style: dict = field(default_factory=dict)


def gate(x, y, text):
    """Return the node of a box with two lines: what it is called, and its function."""
    return Node(x, y, text, "box", (0.5, 0.26), {"colour": BLUE, "width": 1.0, "height": 0.52})


def operation(x, y, sign):
    """Return the node of an operation on each unit alone."""
    return Node(x, y, sign, "circle", (0.16, 0.16))


def junction(x, y):
    """Return the node of a place where a way divides."""
    return Node(x, y, "", "dot", (0, 0))


@dataclass
class Edge:
    """A way from node to node, over the corners `via`; its words, forwards and back, stand beside the point `at`."""

    start: str
    end: str
    forth: str = ""
    back: str = ""
    at: tuple = (0, 0)
    ha: str = "left"
    via: tuple = ()
    memory: bool = False  # drawn wide: the road on which the memory is kept


def graph(ax, nodes, edges, *, back=False):
    """Draw nodes and edges, forwards or back."""
    draw = {"box": box, "circle": circle, "text": write}
    for node in nodes.values():
        if node.kind == "dot":
            dot(ax, node.x, node.y, ORANGE if back else INK)
        else:
            draw[node.kind](ax, node.x, node.y, node.text, **node.style)
    for edge in edges:
        start, end = nodes[edge.start], nodes[edge.end]
        points = [(start.x, start.y), *edge.via, (end.x, end.y)]
        points = [_outside(start, points[1]), *edge.via, _outside(end, points[-2])]
        points = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
        goal = start if back else end
        style = {"width": 3 if edge.memory else 1.5, "head": goal.kind != "dot"}
        if edge.memory and not back:
            style["colour"] = BLUE
        arrow(ax, *(points[::-1] if back else points), back=back, **style)
        words = edge.back if back else edge.forth
        if words:
            write(ax, *edge.at, words, ha=edge.ha, fontsize=SMALL, color=DARK[ORANGE] if back else INK)


def _outside(node, towards):
    """Return the point on the node's border from which a way leads to another point."""
    step = np.array(towards, float) - (node.x, node.y)
    reach = np.divide(node.half, np.abs(step), out=np.full(2, np.inf), where=np.abs(step) > 1e-9)
    return tuple(np.round((node.x, node.y) + step * min(reach.min(), 1), 9).tolist())
