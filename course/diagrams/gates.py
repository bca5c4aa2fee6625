"""The LSTM and the GRU: what flows through a cell, and the gradients on their way back. Numbers are notebook 10's."""

from course.diagrams.parts import Edge, Node, canvas, gate, graph, junction, operation, write

LSTM_NODES = {
    "c0": Node(0.35, 3.45, "$c_{t-1}$"),
    "keep": operation(2.3, 3.45, "×"),
    "add": operation(4.35, 3.45, "+"),
    "tap": junction(6.75, 3.45),
    "c": Node(7.7, 3.45, "$c_t$", half=(0.18, 0.16)),
    "tanh": Node(6.75, 2.82, "tanh", "box", (0.3, 0.15), {"width": 0.6, "height": 0.3}),
    "show": operation(6.75, 2.1, "×"),
    "h": Node(7.7, 2.1, "$h_t$", half=(0.18, 0.16)),
    "write": operation(4.35, 2.4, "×"),
    "forget": gate(2.3, 1.35, "forget gate\nσ"),
    "input": gate(3.7, 1.35, "input gate\nσ"),
    "candidate": gate(5.0, 1.35, "candidate\ntanh"),
    "output": gate(6.3, 1.35, "output gate\nσ"),
    "sums": Node(1.3, 0.5, "$a_t$", "box", (0.3, 0.25), {"width": 0.6, "height": 0.5}),
    "h0": Node(0.35, 0.62, "$h_{t-1}$"),
    "x": Node(0.35, 0.2, "$x_t$"),
    **{f"bus {i}": junction(x, 0.5) for i, x in enumerate((2.3, 3.7, 5.0))},
    "bus 3": Node(6.3, 0.5, "", "dot", (0, 0)),
}
LSTM_EDGES = [
    Edge("c0", "keep", back=r"$\circ\,f_t$  (10.17)", at=(1.3, 3.66), ha="center", memory=True),
    Edge("keep", "add", r"$f_t \circ c_{t-1}$  (10.3)", at=(3.3, 3.62), ha="center", memory=True),
    Edge("add", "tap", back=r"$\partial L/\partial c_t$  (10.17)", at=(5.55, 3.66), ha="center", memory=True),
    Edge("tap", "c", back="from $t + 1$", at=(7.25, 3.66), ha="center", memory=True),
    Edge("tap", "tanh"),
    Edge("tanh", "show", "", r"$\circ\,o_t \circ (1-\tanh^2 c_t)$  (10.10)", (6.62, 2.47), "right"),
    Edge("show", "h", "(10.4)", r"$\partial L/\partial h_t$", (7.27, 2.28), "center"),
    Edge("forget", "keep", "$f_t$  (10.2)", r"$\circ\,c_{t-1}$  (10.11)", (2.4, 2.5)),
    Edge("input", "write", "$i_t$", r"$\circ\,g_t$  (10.12)", (3.62, 2.05), "right", via=((3.7, 2.4),)),
    Edge("candidate", "write", "$g_t$", r"$\circ\,i_t$  (10.13)", (5.1, 1.9), via=((5.0, 2.4),)),
    Edge("write", "add", r"$i_t \circ g_t$  (10.3)", "", (4.47, 2.95)),
    Edge("output", "show", "$o_t$", r"$\circ\tanh c_t$  (10.9)", (6.4, 1.77), via=((6.3, 2.1),)),
    Edge("h0", "sums", "", r"$W_{hh}^\top$ (10.16)", (0.62, 0.88), via=((1.0, 0.62),)),
    Edge("x", "sums", via=((0.85, 0.2), (0.85, 0.4), (1.0, 0.4))),
    Edge("sums", "bus 0", "(10.2)", "$W_{hh}$: (10.18)", (2.1, 0.32), "center"),
    *(Edge(f"bus {i}", f"bus {i + 1}") for i in range(3)),
    *(
        Edge(f"bus {i}", name, f"$a^{letter}_t$", "slope (10.15)", (x + 0.08, 0.82))
        for i, (name, letter, x) in enumerate(
            (("forget", "f", 2.3), ("input", "i", 3.7), ("candidate", "g", 5.0), ("output", "o", 6.3))
        )
    ),
]


# The candidate's view of the past goes through the reset gate; what comes from the character does not.
GRU_NODES = {
    "h0": Node(0.35, 3.3, "$h_{t-1}$"),
    "keep": operation(2.5, 3.3, "×"),
    "add": operation(6.4, 3.3, "+"),
    "h": Node(7.7, 3.3, "$h_t$", half=(0.18, 0.16)),
    "either": junction(2.5, 2.4),
    "rest": Node(3.9, 2.4, "1 −", "box", (0.25, 0.17), {"width": 0.5, "height": 0.34}),
    "write": operation(6.4, 2.4, "×"),
    "update": gate(2.5, 1.4, "update gate\nσ"),
    "reset": gate(3.9, 1.4, "reset gate\nσ"),
    "candidate": gate(6.4, 1.4, "candidate\ntanh"),
    "past": operation(5.1, 0.72, "×"),
    "h again": Node(0.35, 0.72, "$h_{t-1}$"),
    "product": Node(1.3, 0.72, "$m_t$", "box", (0.3, 0.17), {"width": 0.6, "height": 0.34}),
    "x": Node(0.35, 0.25, "$x_t$"),
    "z m": junction(2.7, 0.72),
    "r m": junction(4.1, 0.72),
    "z x": junction(2.3, 0.25),
    "r x": junction(3.7, 0.25),
}
GRU_EDGES = [
    Edge("h0", "keep", back=r"$\circ\,z_t$  (10.23)", at=(1.4, 3.51), ha="center", memory=True),
    Edge("keep", "add", r"$z_t \circ h_{t-1}$  (10.8)", "", (4.4, 3.52), "center", memory=True),
    Edge("add", "h", "(10.8)", r"$\partial L/\partial h_t$", (7.0, 3.52), "center", memory=True),
    Edge("update", "either", "$z_t$  (10.6)", r"$\circ\,(h_{t-1} - n_t)$  (10.20)", (2.6, 1.98)),
    Edge("either", "keep"),
    Edge("either", "rest"),
    Edge("rest", "write", "$1 - z_t$", "", (5.2, 2.57), "center"),
    Edge("candidate", "write", "$n_t$  (10.7)", r"$\circ\,(1 - z_t)$  (10.19)", (6.5, 1.98)),
    Edge("write", "add", r"$(1 - z_t) \circ n_t$", "", (6.5, 2.85)),
    Edge("reset", "past", "$r_t$  (10.6)", r"$\circ\,m^n_t$  (10.21)", (5.1, 1.57), "center", via=((5.1, 1.4),)),
    Edge("h again", "product", "", r"$W_{hh}^\top$  (10.23)", (0.72, 1.0), "center"),
    Edge("product", "z m", "", "(10.22)", (1.94, 0.88), "center"),
    Edge("z m", "r m"),
    Edge("r m", "past", "$m^n_t$", r"$\circ\,r_t$", (4.53, 0.53), "center"),
    Edge("z m", "update", "$m^z_t$", "", (2.78, 0.93), via=((2.7, 1.14),)),
    Edge("r m", "reset", "$m^r_t$", "", (4.18, 0.93), via=((4.1, 1.14),)),
    Edge("past", "candidate", r"$r_t \circ m^n_t$", "(10.22)", (5.72, 0.9), "center", via=((6.6, 0.72), (6.6, 1.14))),
    Edge("x", "z x", "", "$W_{hh}$: (10.24)", (1.3, 0.42), "center"),
    Edge("z x", "r x", "$x_t W_{xh} + b_h$", "", (1.35, 0.1), "center"),
    Edge("z x", "update", via=((2.3, 1.14),)),
    Edge("r x", "reset", via=((3.7, 1.14),)),
    Edge("r x", "candidate", via=((6.2, 0.25), (6.2, 1.14))),
]


def lstm_cell(*, back=False):
    """Draw the LSTM; with `back`, its gradients below it."""
    return _cell("LSTM", LSTM_NODES, LSTM_EDGES, 4.1, back)


def gru_cell(*, back=False):
    """Draw the GRU; with `back`, its gradients below it."""
    return _cell("GRU", GRU_NODES, GRU_EDGES, 3.95, back)


def _cell(name, nodes, edges, height, back):
    """Draw a cell forwards and, with `back`, backwards."""
    figure, *axes = canvas(8, *([height] * (1 + back)))
    for ax, backwards in zip(axes, (False, True), strict=False):
        graph(ax, nodes, edges, back=backwards)
        title = "backwards: the gradients" if backwards else "forwards"
        write(ax, 0.2, height - 0.18, f"{name}, {title}", ha="left", fontweight="bold")
    return figure
