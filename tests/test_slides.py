"""Slides: what of a notebook is on them and what is not; and every deck in Chromium (make browser-test)."""

import re

import nbformat
import pytest
from test_browser import browser  # noqa: F401  a fixture

import notebooks
from tools import make_slides, reading_time

OVERFLOWS = """() => {
    const sheet = Reveal.getCurrentSlide(), {width, height} = Reveal.getConfig(), zoom = Reveal.getScale();
    const left = one => one.getBoundingClientRect().left;
    const right = one => (left(one) - left(sheet)) / zoom + one.scrollWidth;
    const shown = [...sheet.querySelectorAll('pre, img, mjx-container, table')].filter(one => !one.closest('.notes'));
    return [sheet.scrollHeight > height, sheet.scrollWidth > width, shown.some(one => right(one) > width),
        shown.some(one => one.naturalWidth === 0)];
}"""


@pytest.fixture(scope="module", params=notebooks.PATHS, ids=lambda path: path.stem)
def pair(request):
    """A notebook and its slides: lists of the cells of each, the notes apart."""
    notebook = notebooks.read(request.param)
    slides = []
    for cell in make_slides.deck(notebook).cells:
        kind = cell.metadata.slideshow.slide_type
        if kind in ("slide", "subslide"):
            slides.append([])
        if kind != "notes":
            slides[-1].append(cell)
    return notebook, slides


def pictures(cells):
    return [out for cell in cells for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]


def sources(slides):
    return "\n".join(cell.source for slide in slides for cell in slide)


def test_slides_have_the_core_and_nothing_deeper(pair):
    notebook, slides = pair
    text = sources(slides)
    for part, cell in reading_time.parts(notebook):
        if part == "core":
            for equation in re.findall(r"\\tag\{[\d.]+\}", cell.source):
                assert equation in text
        elif cell.cell_type == "code" and len(cell.source) > 60:
            assert cell.source not in text
    assert "## Deeper" not in text and "Exercise" not in re.findall("^#.*$", text, re.MULTILINE)


def test_every_figure_of_the_core_is_there_with_its_description(pair):
    notebook, slides = pair
    shown = {out.data["image/png"]: out.metadata for slide in slides for out in pictures(slide)}
    for out in pictures(make_slides.core(notebook)):
        if "text/html" not in out.data:
            assert shown[out.data["image/png"]]["image/png"]["alt"]


def test_a_prediction_stands_on_a_slide_before_its_answer(pair):
    notebook, slides = pair
    for cell in make_slides.core(notebook):
        if not notebooks.has_tag(cell, "hide-output"):
            continue
        for output in filter(None, map(make_slides.shown_output, cell.outputs)):
            (place,) = (i for i, slide in enumerate(slides) for one in slide if output[0] in one.get("outputs", []))
            assert "**Predict" not in sources([slides[place]])
            assert "**Predict" in sources(slides[max(0, place - 4) : place])


def test_sentences_end_where_they_end():
    split = make_slides.sentences
    assert split("One is 3.5. Two ends here! (See there.) **Bold.** Last") == [
        "One is 3.5.", "Two ends here!", "(See there.)", "**Bold.**", "Last"]  # fmt: skip
    assert split("Karpathy et al. wrote $a. B$ and `c. D`. End") == ["Karpathy et al. wrote $a. B$ and `c. D`.", "End"]


def test_a_long_output_is_cut():
    output = nbformat.v4.new_output("stream", name="stdout", text="x" * 200 + "\ny" * 50)
    shown, _ = make_slides.shown_output(output)
    lines = shown.text.split("\n")
    assert (len(lines), len(lines[0])) == (make_slides.LINES, make_slides.CODE_COLUMNS)


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    make_slides.main(folder)
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("name", [path.stem for path in notebooks.PATHS])
def test_a_deck_opens_from_the_disk_and_no_slide_overflows(decks, browser, name):  # noqa: F811
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((decks / f"{name}.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()", timeout=60_000)
    assert page.locator("mjx-merror").count() == 0 and page.locator("mjx-container").count() > 5
    places = page.evaluate("Reveal.getSlides().map(one => Object.values(Reveal.getIndices(one)).slice(0, 2))")
    wrong = []
    for h, v in places:
        page.evaluate("place => Reveal.slide(...place)", [h, v])
        if any(found := page.evaluate(OVERFLOWS)):
            wrong.append((h, v, found, page.evaluate("Reveal.getCurrentSlide().innerText.slice(0, 80)")))
    page.close()
    assert len(places) > 10 and not wrong, wrong
    assert not [one for one in complaints if not one.startswith(("log", "info", "debug"))], complaints
    assert not [address for address in asked if not address.startswith(("file:", "data:"))]
