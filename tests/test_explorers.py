"""Explorers without a browser: each control at its ends, bad input, any hidden size, and the picture that is stored."""

import base64
import io

import numpy as np
import pytest

from course import explorers
from course.explorers import (
    notebook_00,
    notebook_01,
    notebook_02,
    notebook_03,
    notebook_04,
    notebook_05,
    notebook_06,
    notebook_07,
    notebook_08,
    notebook_09,
)
from rnnlib import language_model, rnn
from rnnlib.ngram import NGram
from rnnlib.vocab import Vocab

ipywidgets = pytest.importorskip("ipywidgets")

MODULES = [notebook_00, notebook_01, notebook_02, notebook_03, notebook_04, notebook_05, notebook_06, notebook_07,
           notebook_08, notebook_09]  # fmt: skip
TEXT = "to be, or not to be: that is\nthe question whether it is nobler in the mind to suffer\n\n" * 3
VOCAB = Vocab.from_text(TEXT)
SIZES = 1, 256


def network(H):
    return language_model.init_params(len(VOCAB), H, rng=np.random.default_rng(H))


def freeze(params, unit, value):
    new = {name: array.copy() for name, array in params.items()}
    for bias, W in (("b_h", "W_hh"), ("b_y", "W_hy")):
        new[bias] += value * params[W][unit]
        new[W][unit] = 0
    return new


def rounds(H):
    rng, V = np.random.default_rng(H), len(VOCAB)
    shapes = {"W_hy": (H, V), "b_y": (1, V), "W_hh": (H, H), "W_xh": (V, H), "b_h": (1, H)}
    return [{name: rng.standard_normal(shape) for name, shape in shapes.items()} for _ in range(9)]


def cursor(H):
    networks = {"whole": network(H), "frozen": freeze(network(H), 0, 0.3)}
    notebook_08.cursor(networks, VOCAB, TEXT[:100], H - 1, range(H), first=19)


def slopes(H):
    passages = VOCAB.encode(TEXT).astype(int)[:80].reshape(4, 20).T
    notebook_09.slopes(network(H), passages[:-1], passages[-1])


def one_letter(H):
    notebook_02.one_letter({"one": network(H), "other": rnn.init_params(len(VOCAB), 5, rng=np.random.default_rng(0))},
                           VOCAB, "to be, or not", letter="s")  # fmt: skip


def stop_early(H):
    rng = np.random.default_rng(H)
    notebook_06.stop_early({size: rng.random((H % 3 + 1, 57)) for size in (4, 8, 16)})


EXPLORERS = {  # each of any hidden size
    "writing": lambda H: notebook_00.writing(network(H), VOCAB, "to be\n", seed=H),
    "counting": lambda H: notebook_01.counting(NGram(VOCAB.encode(TEXT), 3, len(VOCAB)), VOCAB, "the q"),
    "one_letter": one_letter,
    "units_and_reach": lambda H: notebook_02.units_and_reach({1: np.ones(4) / 3, H + 1: np.ones(4) / 2}, 0.15),
    "four_logits": lambda H: notebook_03.four_logits("helo", [0.5, -1.0, 2.0, 1.0], 3),
    "loop_rounds": lambda H: notebook_04.loop_rounds(rounds(H), TEXT[:9], VOCAB),
    "step_size": lambda H: notebook_05.step_size(lambda w: np.log(1 + np.exp(H * w)), 0.1, H / (1 + np.exp(-0.1 * H))),
    "valley": lambda H: notebook_06.valley(),
    "stop_early": stop_early,
    "settings": lambda H: notebook_07.settings(network(H), VOCAB, "to be\n"),
    "cursor": cursor,
    "any_unit": lambda H: notebook_08.any_unit(network(H), VOCAB, TEXT[:80], H - 1, freeze),
    "slopes": slopes,
}
BAD = {  # what somebody types into a control, and a word of the answer
    ("writing", "prompt"): {"é": "'é' is not in the vocabulary"},
    ("counting", "context"): {"é": "'é' is not in the vocabulary"},
    ("one_letter", "text"): {"é, or not": "'é' is not in the vocabulary", "": "at least two", "t": "at least two"},
    ("one_letter", "letter"): {"é": "'é' is not in the vocabulary", "": "one letter", "no": "one letter"},
    ("settings", "prompt"): {"é": "'é' is not in the vocabulary"},
    ("any_unit", "text"): {"é, or not": "'é' is not in the vocabulary", "": "at least two", "t": "at least two"},
}
ODD = {  # what is no mistake
    ("writing", "prompt"): ["", "to be", "\\n", "↵", "to " * 200],
    ("counting", "context"): ["", "t", "qqq", "to be, or not to be"],
    ("one_letter", "text"): ["to", "to be " * 40, "tttttttt"],
    ("settings", "prompt"): ["", "↵"],
    ("any_unit", "text"): ["to", "to be " * 40, "\\n\\n"],
}


class Shown:
    """What an explorer shows: its controls by name, its picture, the text below and whether it is a complaint."""

    def __init__(self, box, names, displayed):
        *controls, self.picture, self.below = box.children
        self.controls, self.displayed = dict(zip(names, controls, strict=True)), displayed

    def says(self):
        assert "explorer-broken" not in self.below.value, self.below.value
        return self.below.value

    def asks(self):
        return "explorer-asks" in self.says()


@pytest.fixture
def show(monkeypatch):
    """Return a function that shows an explorer by name, at a hidden size."""
    boxes, displayed = [], []
    real = explorers.explore

    def explore(figure, update, **rest):
        names = [name for name in rest if name not in ("alt", "lines")]
        boxes.append((real(figure, update, **rest), names))
        return boxes[-1][0]

    monkeypatch.setattr("IPython.display.display", lambda data, **rest: displayed.append((data, rest)))
    for module in MODULES:
        monkeypatch.setattr(module, "explore", explore)

    def show(name, H=7):
        EXPLORERS[name](H)
        return Shown(*boxes[-1], displayed)

    return show


def ends(control):
    """The values to try on a control."""
    if hasattr(control, "min"):
        return control.min, control.max, control.value
    options = [option[1] if isinstance(option, tuple) else option for option in getattr(control, "options", [])]
    return options[:1] + options[-1:]


@pytest.mark.parametrize("H", SIZES)
@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_the_picture_or_the_text_and_never_breaks(show, name, H):
    shown = show(name, H)
    assert not shown.asks()
    moved, sizes = set(), {size_of(shown.picture.value)}
    for control_name, control in shown.controls.items():
        first = control.value
        for value in ends(control):
            before = shown.picture.value, shown.below.value
            control.value = value
            assert not shown.asks(), (control_name, value, shown.below.value)
            if before != (shown.picture.value, shown.below.value):
                moved.add(control_name)
                sizes.add(size_of(shown.picture.value))
        control.value = first
    assert len(sizes) == 1  # nothing on the page jumps
    idle = {"writing": {"prompt"}, "counting": {"context"}, "one_letter": {"text", "letter"}, "settings": {"prompt"},
            "any_unit": {"text"}}.get(name, set())  # fmt: skip
    if H > 1:  # a single unit is unit 0, and so on
        assert moved == set(shown.controls) - idle


@pytest.mark.parametrize(("name", "control"), BAD)
def test_bad_input_gets_a_line_and_the_next_good_one_works(show, name, control):
    shown = show(name)
    good = shown.controls[control].value
    for value, answer in BAD[name, control].items():
        picture = shown.picture.value
        shown.controls[control].value = value
        assert shown.asks() and answer in shown.below.value.replace("&#x27;", "'"), shown.below.value
        assert shown.picture.value == picture
        shown.controls[control].value = good
        assert not shown.asks()


@pytest.mark.parametrize(("name", "control"), ODD)
def test_odd_input_is_no_mistake(show, name, control):
    shown = show(name)
    for value in ODD[name, control]:
        shown.controls[control].value = value
        assert not shown.asks(), (value, shown.below.value)


def test_an_explorer_opens_on_bad_input_as_well(show):
    notebook_00.writing(network(3), VOCAB, "É")  # what a learner may have put into the knob of the notebook


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_stored_picture_is_the_first_one_sharp_and_described(show, name):
    shown = show(name)
    data, rest = shown.displayed[0]
    picture = base64.b64decode(data["image/png"])
    assert "application/vnd.jupyter.widget-view+json" in data
    assert rest["metadata"]["image/png"]["alt"] == data["text/plain"] in shown.below.value.replace("&#x27;", "'")
    width, height = size_of(picture)
    assert width == rest["metadata"]["image/png"]["width"] * explorers.DENSITY
    assert size_of(shown.picture.value) == (width, pytest.approx(int(shown.picture.height) * explorers.DENSITY, abs=1))
    assert height > size_of(shown.picture.value)[1]  # the text stands below
    assert len(picture) < 400_000


def size_of(picture):
    from PIL import Image

    return Image.open(io.BytesIO(picture)).size


def test_a_fault_of_an_explorer_is_shown_and_not_swallowed(show):
    figure, _ = explorers.axes_of(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", lambda *_, **__: None)
        box = explorers.explore(figure, lambda n: 1 / (n - 3), alt="", n=explorers.slider("n", 0, 5, 1, 3))
    assert "ZeroDivisionError" in box.children[-1].value and "explorer-broken" in box.children[-1].value
