"""Each drawing is drawn, for small and large networks: its words lie inside, apart, and tell what the data say."""

import itertools
import re

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.text import Text

import notebooks
from course import diagrams, style
from rnnlib.losses import softmax

RNG = np.random.default_rng(0)
NORMAL = RNG.standard_normal
W = 0.8 * np.linalg.qr(NORMAL((16, 16)))[0]
P = softmax(np.array([0.5, -1.0, 2.0, 1.0]))


def step(V, H):
    x = np.eye(V)[V // 2]
    return diagrams.one_step(x, NORMAL((V, H)), np.tanh(NORMAL(H)), NORMAL((H, H)), NORMAL(H))


def loop(V, H):
    chars = [chr(ord("0") + i) for i in range(V)]
    return diagrams.writing_loop("\n", np.tanh(NORMAL(H)), softmax(NORMAL(V)), chars, chars[-1])


def shapes(V, H, blocks):
    weights = NORMAL((V, H * len(blocks)))
    return diagrams.weight_shapes(weights, weights.T, "helo wrd"[:V], blocks)


def powers(*distances):
    return {n: np.linalg.matrix_power(W, n) for n in distances}


DRAWINGS = {
    "lstm": lambda: diagrams.lstm_cell(),
    "lstm back": lambda: diagrams.lstm_cell(back=True),
    "gru": lambda: diagrams.gru_cell(),
    "gru back": lambda: diagrams.gru_cell(back=True),
    **{f"step {V} {H}": lambda V=V, H=H: step(V, H) for V, H in ((4, 3), (4, 1), (64, 256), (2, 7))},
    **{f"loop {V} {H}": lambda V=V, H=H: loop(V, H) for V, H in ((64, 256), (4, 1))},
    "teacher": lambda: diagrams.teacher_forcing("hello", "hallo"),
    "teacher, short": lambda: diagrams.teacher_forcing("he", "ha"),
    "teacher, long": lambda: diagrams.teacher_forcing("hello wo", "h\n alles"),
    "truncation": lambda: diagrams.truncation(["First Citize", "n:\nBefore we", " proceed any"], 4),
    "truncation, one": lambda: diagrams.truncation(["abcdef"], 2),
    "p - y": lambda: diagrams.softmax_gradient(P, 3, list("helo")),
    "p - y, right": lambda: diagrams.softmax_gradient(np.eye(4)[1], 1, list("helo")),
    **{f"shared {H}": lambda H=H: diagrams.shared_weight(NORMAL((3, H, H))) for H in (3, 1, 64)},
    "shared, nothing": lambda: diagrams.shared_weight(np.zeros((3, 2, 2))),
    "complex": lambda: diagrams.complex_step(lambda w: np.log(np.exp(w) + 2), 0.5, 1.0),
    "complex, falling": lambda: diagrams.complex_step(lambda w: 3 - 2 * w - 0.1 * w**3, 0.3, 0.5),
    "jacobians": lambda: diagrams.jacobian_products(powers(1, 5, 20)),
    "jacobians, two": lambda: diagrams.jacobian_products(powers(1, 3)),
    "shapes lstm": lambda: shapes(5, 16, "ifgo"),
    "shapes rnn": lambda: shapes(8, 1, "h"),
}


@pytest.fixture(params=DRAWINGS, scope="module")
def figure(request):
    figure = DRAWINGS[request.param]()
    FigureCanvasAgg(figure).draw()
    return figure


def words(figure):
    """The texts that are seen, and the boxes that they fill, in pixels."""
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    boxes = {text: text.get_window_extent(figure.canvas.get_renderer()) for text in texts}
    return {text: box for text, box in boxes.items() if box.overlaps(figure.bbox) and text.axes is not None}


def test_it_is_800_pixels_wide_and_its_words_are_large_enough(figure):
    assert figure.get_size_inches()[0] * figure.dpi == pytest.approx(800)
    assert min(text.get_fontsize() for text in words(figure)) >= 8.5  # points: 12 pixels


def test_no_word_leaves_the_figure(figure):
    width, height = figure.bbox.size
    for text, box in words(figure).items():
        assert box.x0 >= 3 and box.y0 >= 2 and box.x1 <= width - 3 and box.y1 <= height - 2, text.get_text()


def test_no_word_covers_another(figure):
    for (one, box), (other, place) in itertools.combinations(words(figure).items(), 2):
        across = min(box.x1, place.x1) - max(box.x0, place.x0)
        down = min(box.y1, place.y1) - max(box.y0, place.y0)
        assert across <= 1 or down <= 1, (one.get_text(), other.get_text())


def test_it_lies_on_the_card_and_uses_the_palette_alone(figure):
    assert isinstance(figure.patch, style.Card)
    colours = {to_hex(line.get_color()).upper() for ax in figure.axes for line in ax.lines}
    assert colours <= {*style.COLOURS, style.GREY, style.INK}


def test_a_step_shows_the_state_that_the_library_computes(rng):
    from rnnlib import rnn

    params = {"W_xh": rng.standard_normal((4, 3)), "W_hh": rng.standard_normal((3, 3)), "b_h": rng.standard_normal(3)}
    h = rng.uniform(-1, 1, 3)
    figure = diagrams.one_step(np.eye(4)[2], params["W_xh"], h, params["W_hh"], params["b_h"])
    shown = [np.asarray(image.get_array()) for image in figure.axes[0].images]
    np.testing.assert_allclose(shown[-1][0], rnn.step(params, 2, h), rtol=1e-12)
    [frame] = [patch for patch in figure.axes[0].patches if to_hex(patch.get_edgecolor()).upper() == style.ORANGE]
    left, right, low, high = figure.axes[0].images[1].get_extent()
    assert frame.get_y() == pytest.approx(high - 3 * (high - low) / 4)  # the third of four rows


def test_the_bars_are_p_the_one_hot_row_and_their_difference_and_arrows_go_against_it():
    figure = diagrams.softmax_gradient(P, 3, list("helo"))
    bars = [[bar.get_height() for bar in ax.patches] for ax in figure.axes[:3]]
    np.testing.assert_allclose(bars, [P, np.eye(4)[3], P - np.eye(4)[3]])
    tips = [text.xy[1] for text in figure.axes[3].texts if hasattr(text, "xy")]
    assert [np.sign(tip) for tip in tips] == [-1, -1, -1, 1]


def test_the_copies_gradients_add_up_in_the_drawing(rng):
    copies = rng.standard_normal((3, 4, 4))
    shown = [np.asarray(image.get_array()) for image in diagrams.shared_weight(copies).axes[0].images]
    np.testing.assert_allclose(shown, [*copies, copies.sum(axis=0)])


def test_the_step_sideways_finds_the_slope():
    figure = diagrams.complex_step(lambda w: w**2, 1.5, 0.25)
    told = figure.axes[1].texts[-1].get_text()
    assert re.findall(r"= (\S+)", told) == ["3.0000", "3.0000"]  # a parabola has no third derivative


def test_the_drawn_character_is_among_the_bars_however_unlikely_it_was():
    probs = np.array([0.4, 0.3, 0.2, 0.08, 0.02])
    told = [
        text.get_text() for text in diagrams.writing_loop("a", np.zeros(3), probs, "abcde", "e", most=3).axes[0].texts
    ]
    assert {"0.40", "0.30", "0.02"} <= set(told) and "0.20" not in told


def test_free_running_reads_what_it_wrote_and_teacher_forcing_the_text():
    forced, free = diagrams.teacher_forcing("hello", "halxx").axes
    assert [text.get_text() for text in forced.texts].count("e") == 2  # in the text, and read
    read = [text.get_text() for text in free.texts]
    assert "e" not in read and {"draws a", "draws l", "draws x"} <= set(read)


def test_every_equation_that_a_drawing_names_is_in_the_course():
    tags = set()
    for path in notebooks.PATHS:
        for cell in notebooks.read(path).cells:
            tags |= set(re.findall(r"\\tag\{(\d+\.\d+)\}", cell.source))
    named = set()
    for drawing in DRAWINGS.values():
        for text in drawing().findobj(Text):
            named |= set(re.findall(r"\((\d+\.\d+)\)", text.get_text()))
    assert len(named) > 20 and named <= tags


@pytest.mark.parametrize("name", diagrams.__all__)
def test_it_stands_in_a_notebook_with_a_text_alternative(name):
    cells = [cell for path in notebooks.PATHS for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    using = [cell for cell in cells if f"diagrams.{name}(" in cell.source]
    assert using
    for cell in using:
        assert len(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")) > 100
        assert any("image/png" in output.get("data", {}) for output in cell.outputs)
