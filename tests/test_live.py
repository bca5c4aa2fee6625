"""The live page: its Python, here, and the page itself in Chromium (make site-test).

The page is served as a visitor gets it, from a sub-folder of a plain web server. Pyodide's packages come from its CDN;
here these addresses are served from verified copies.
"""

import functools
import itertools
import json
import os
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from test_browser import browser  # noqa: F401  a fixture
from test_site import axe  # noqa: F401  a fixture
from web_server import serve_site_with_python

from course import features, nulls
from notebooks import PATHS
from rnnlib import checkpoint, corpus, language_model, losses, optim, sampling, training
from rnnlib.gradcheck import complex_step
from rnnlib.vocab import Vocab

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "site"))
from live import live  # noqa: E402  site/live/live.py

TEXT = "the cat sat on the mat, the dog sat on the log. " * 40
SMALL = {"text": TEXT, "hidden_size": 8, "learning_rate": 0.01, "dtype": "float64"}


def ask(call, **question):
    return json.loads(live.answer(json.dumps({"call": call, **question})))


def levels(letters, *shape):
    return (np.frombuffer(letters.encode(), np.uint8).astype(int) - ord("i")).reshape(shape) / live.LEVELS


# What the worker runs


def test_shades_are_letters_from_minus_one_to_one():
    assert live.shades(np.array([-1, -0.51, 0, 0.04, 0.5, 1, 3])) == "aeiimqq"


def test_the_page_writes_what_the_library_writes():
    model = checkpoint.load_model("shakespeare-rnn")
    settings = {"temperature": 0.7, "top_k": 20, "top_p": 0.9}
    rng = np.random.default_rng(5)
    expected = "".join(sampling.generate(*model[:2], length=90, rng=rng, prompt="KING", cell=model.cell, **settings))
    ask("load")
    begun = ask("begin", prompt="KING", seed=5, **settings)
    written = [ask("write", length=n) for n in (1, 59, 30)]
    assert begun["text"] == "KING" and "".join(each["text"] for each in written) == expected

    ids = model.vocab.encode("KING" + expected).astype(int)[:, np.newaxis]
    hs = model.cell.unpack(language_model.forward(model.params, ids)[1])[0][1:, 0]
    shown = levels(begun["shades"] + "".join(each["shades"] for each in written), 94, 256)
    assert np.abs(shown - hs).max() < 0.5 / live.LEVELS + 1e-5


def test_a_character_is_drawn_from_what_is_shown():
    model = checkpoint.load_model("shakespeare-rnn")
    ask("load")
    ask("begin", prompt="ROMEO", seed=1, temperature=0.5, top_k=5)
    ask("write", length=3)
    ask("change", temperature=1.5)
    text = "ROMEO" + live.writer.text[5:]
    ask("write", length=3)
    logits, _ = language_model.forward(model.params, model.vocab.encode(text).astype(int)[:, np.newaxis])
    for place, settings in (6, {"temperature": 0.5, "top_k": 5}), (8, {"temperature": 1.5}):
        probs = sampling.next_probs(logits[place - 1, 0], **settings)
        found = ask("expected", place=place)
        assert np.isclose(found["own"], probs[model.vocab.chars.index(live.writer.text[place])], atol=1e-5)
        likely = [[model.vocab.chars[i], probs[i]] for i in np.argsort(-probs, kind="stable")[:8] if probs[i] > 0]
        assert [char for char, _ in found["likely"]] == [char for char, _ in likely]
        assert np.allclose([p for _, p in found["likely"]], [p for _, p in likely], atol=1e-5)
        assert found["possible"] == np.count_nonzero(probs)


def test_new_settings_count_from_there_on():
    """Written with one setting and then greedily, the text goes on as the greedy network would from there."""
    model = checkpoint.load_model("shakespeare-rnn")
    ask("load")
    ask("begin", prompt="", seed=2)
    start = ask("write", length=10)["text"]
    ask("change", temperature=0)
    rest = ask("write", length=20)["text"]
    rng = np.random.default_rng(0)
    greedy = sampling.generate(*model[:2], length=20, rng=rng, prompt=start, temperature=0, cell=model.cell)
    assert rest == "".join(greedy)


def test_unknown_characters_are_named_and_skipped():
    ask("load")
    begun = ask("begin", prompt="Grüße, Éva é\ud800")
    assert begun["unknown"] == "üßÉé\ud800" and begun["text"] == "Gre, va "


def test_a_setting_out_of_range_is_an_answer_not_a_crash():
    ask("load")
    assert "temperature" in ask("begin", temperature=-1)["error"]


@pytest.mark.parametrize("cell", checkpoint.CELLS)
def test_the_page_learns_what_the_library_learns(cell):
    vocab = Vocab.from_text(TEXT)
    ids, held_out = corpus.split(vocab.encode(TEXT))
    begun = ask("learner", cell=cell, seed=3, **SMALL)
    recipe = live.learner.run.recipe
    assert (recipe.hidden_size, recipe.batch_size, recipe.block_length) == (8, 16, 25)
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(3), cell=checkpoint.CELLS[cell])
    records = list(itertools.islice(training.train(run, ids), 60))
    taken = []
    while len(taken) < 60:
        answer = ask("learn", seconds=60, most=60 - len(taken))
        taken += answer["bits"]
        assert (answer["look"] is not None) == live.due(answer["step"])
    assert np.allclose(taken, [losses.bits(record.loss) for record in records], atol=1e-9)
    for name in run.params:
        np.testing.assert_array_equal(live.learner.run.params[name], run.params[name])
    look = live.learner.look()
    nats = language_model.evaluate(run.params, held_out, cell=run.cell, after=ids, batch_size=4)
    assert np.isclose(look["bits"], losses.bits(nats)) and look["bits"] < begun["ngrams"][0]
    assert len(look["text"]) == 160 and len(look["shades"]) == 8 * len(begun["sentence"])
    assert np.isclose(begun["uniform"], np.log2(len(vocab)))


def test_learning_stops_when_the_time_is_over():
    ask("learner", **SMALL)
    assert len(ask("learn", seconds=0)["bits"]) == 1


def test_gradients_on_their_way_back_are_those_that_one_measures(network, cell):
    """The loss of the last prediction, as a function of the state that many steps before it, by complex step."""
    params = network.params | {"W_hy": 0.5 * np.random.default_rng(1).standard_normal((4, 5)), "b_y": np.zeros(5)}
    T, B = network.inputs.shape
    norms = live.gradient_back(params, network.inputs, network.targets, cell)
    assert norms.shape == (T,)
    for back in range(1, T):
        state = language_model.init_state(params, B, cell=cell)
        state = cell.unpack(cell.forward(params, network.inputs[: T - back], state))[1]

        def loss(state, back=back):
            logits, _ = language_model.forward(params, network.inputs[-back:], state, cell=cell)
            z = logits[-1]
            return (np.log(np.exp(z).sum(axis=-1)) - z[np.arange(B), network.targets[-1]]).sum()

        gradient = complex_step(loss, state).reshape(-1, B, 4)
        assert np.isclose(norms[back], np.sqrt((gradient**2).sum(axis=(0, 2))).mean(), rtol=1e-6)


@pytest.mark.parametrize("text", ["", "abc", "a" * 1000])
def test_a_text_that_teaches_nothing_is_refused(text):
    assert "teaches nothing" in ask("learner", text=text)["error"]


@pytest.mark.parametrize(
    "text",
    [TEXT[:200], "ab" * 100, "".join(chr(0x4E00 + i % 3000) for i in range(9000)), "naïve 🙂\ud800 text " * 20],
    ids=["short", "two letters", "many characters", "emoji"],
)
def test_any_other_text_can_be_learned(text):
    begun = ask("learner", text=text, hidden_size=4)
    assert "error" not in begun and len(begun["look"]["norms"]) == live.STEPS_BACK
    answer = ask("learn", seconds=60, most=10)
    assert np.isfinite(answer["bits"]).all() and answer["look"]["step"] == 10


def test_a_huge_text_is_cut():
    begun = ask("learner", text=TEXT * 1000, hidden_size=2)
    assert begun["characters"] == live.LONGEST


def test_a_rate_at_which_training_breaks_is_an_answer():
    ask("learner", **(SMALL | {"learning_rate": 1e30, "dtype": "float32"}))
    answers = [ask("learn", seconds=60, most=10) for _ in range(4)]
    assert any("error" in answer for answer in answers)


def test_step_by_step_shows_what_the_library_computes():
    found = ask("step_by_step", seed=1)
    params = {name: np.array(array) for name, array in found["params"].items()}
    ids = Vocab(found["chars"]).encode("hello").astype(int)[:, np.newaxis]
    loss, grads, _ = language_model.loss_and_grads(params, ids[:-1], ids[1:])
    hs = language_model.forward(params, ids[:-1])[1][:, 0]
    moves = {(move["kind"], move["t"]): move["numbers"] for move in found["moves"]}
    for t in range(1, 5):
        assert np.allclose(moves["tanh", t]["h"], hs[t]) and np.allclose(np.tanh(moves["sum", t]["a"]), hs[t])
        z, p = moves["logits", t]["z"], moves["softmax", t]["p"]
        assert np.allclose(z, hs[t] @ params["W_hy"] + params["b_y"]) and np.allclose(p, losses.softmax(z))
        assert np.isclose(moves["loss", t]["L"], -np.log(p[ids[t, 0]]))
        assert np.isclose(moves["loss", t]["L"], moves["loss", t]["log_sum"] - moves["loss", t]["z_y"])
    assert np.isclose(moves["mean", 0]["L"], loss)
    totals = moves["totals", 0]
    sums = {
        "W_xh": moves["dW_xh", 1]["sum"], "b_h": moves["dW_xh", 1]["bias"], "W_hh": moves["dW_hh", 1]["sum"],
        "W_hy": moves["dW_hy", 1]["sum"], "b_y": moves["dW_hy", 1]["bias"],
    }  # fmt: skip
    for name, grad in grads.items():
        assert np.allclose(totals["grads"][name], grad) and np.allclose(sums[name], grad, atol=1e-15)
    assert totals["off"] < 1e-15
    optim.SGD().update(params, grads, 0.5)
    after = language_model.loss_and_grads(params, ids[:-1], ids[1:])[0]
    assert np.isclose(moves["update", 0]["after"], after) and after < loss


def test_each_step_names_an_equation_that_its_notebook_has():
    tags = {path.stem[:2]: set(re.findall(r"\\\\tag\{([\d.]+)\}", path.read_text(encoding="utf-8"))) for path in PATHS}
    numbers = {move["equation"] for move in ask("step_by_step")["moves"]} - {""}
    assert {"2.1", "2.2", "2.3", "2.7", "3.1", "3.7", "4.3", "4.8", "4.13"} <= numbers
    pages = dict(re.findall(r'(\d): "(\d\d_\w+)"', (ROOT / "site" / "live" / "steps.js").read_text(encoding="utf-8")))
    for number in numbers:
        assert number in tags[pages[number[0]][:2]], number


def test_the_recorded_run_is_small_and_of_this_code():
    path = ROOT / "site" / "live" / "recorded.json"
    assert path.stat().st_size < 300_000
    recorded = json.loads(path.read_text(encoding="utf-8"))
    steps = ask("step_by_step")
    assert [move["kind"] for move in recorded["steps"]["moves"]] == [move["kind"] for move in steps["moves"]]
    last, now = recorded["steps"]["moves"][-1]["numbers"], steps["moves"][-1]["numbers"]
    assert np.isclose(last["after"], now["after"])
    writes, learns = recorded["writes"], recorded["learns"]
    assert writes["units"][0]["unit"] == 78
    assert len(writes["expected"]) == len(writes["begun"]["text"] + writes["written"]["text"])
    assert len(writes["written"]["shades"]) == 256 * len(writes["written"]["text"])
    looks = [answer["look"]["bits"] for answer in learns["answers"] if answer["look"]]
    assert looks[-1] < min(looks) + 0.05 and looks[-1] < learns["begun"]["ngrams"][1]  # it ends at its best, or nearly


def test_the_units_that_the_page_names_remember_what_the_letter_does_not_tell():
    """Named first are those that take memory; the score that the page gives for unit 78 is its AUC."""
    units = json.loads((ROOT / "site" / "live" / "recorded.json").read_text(encoding="utf-8"))["writes"]["units"]
    remember = [each["remembers"] for each in units]
    assert remember == sorted(remember, reverse=True) and sum(remember) >= 3 and remember.count(False) <= 2
    assert len({each["unit"] for each in units}) == len(units)
    assert all(str(each["unit"]) in each["says"] for each in units)
    text = corpus.split(corpus.read_text("shakespeare"))[1][:24_000]
    model = checkpoint.load_model("shakespeare-rnn")
    _, hs = language_model.forward(model.params, model.vocab.encode(text).astype(int)[:, np.newaxis])
    name = features.mark(r"(?<=\n\n)[^\n:]+:", text)
    pairs = 100 * nulls.auc(-hs[1:, 0, 78][12_000:], name[12_000:])
    assert f"{pairs:.1f} of 100 such pairs unit 78 is lower" in units[0]["says"]


# The page in Chromium

LOOKS = {
    "light": (1366, 900, "light"), "dark": (1366, 900, "dark"), "tablet": (800, 1100, "light"),
    "phone": (390, 844, "light"), "phone, dark": (390, 844, "dark"),
}  # fmt: skip
STEPS = "Number(document.getElementById('n-steps').textContent.replace(',', ''))"
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
BROKEN_NUMBERS = """[...document.querySelectorAll('.now, .board, .weights')]
    .some((one) => /NaN|undefined|Infinity/.test(one.textContent))"""
SLOW = 4 * max(1, os.getloadavg()[0] / os.cpu_count())  # what is asked for, divided by this: machines differ


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve the site; yield the page's address and copies of the CDN's files."""
    with serve_site_with_python(tmp_path_factory.mktemp("server")) as (address, copies):
        yield f"{address}live/index.html", copies


def fulfil(route, path):
    route.fulfill(path=path, headers={"access-control-allow-origin": "*"})


def fail(route, path):
    route.abort()


def hang(route, path):
    pass


@pytest.fixture(scope="module")
def opened(browser, served):  # noqa: F811
    """Open the page in a look; close it afterwards."""
    address, copies = served
    contexts = []

    def opened(look="light", cdn=fulfil, **options):
        width, height, theme = LOOKS[look]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, **options)
        contexts.append(context)
        for url, path in copies.items():
            context.route(url, functools.partial(cdn, path=path))
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.complaints = []
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(f"{request.url}: {request.failure}"))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def page(opened):
    """One page, live, for the tests that only ask it something."""
    page = opened()
    page.wait_for_function("window.live?.ready || window.live?.engine.state === 'failed'", timeout=120_000)
    assert page.evaluate("window.live.engine.state") == "live", page.locator("#status").inner_text()
    return page


def asked(page, call, **question):
    """Ask the page's worker."""
    return page.evaluate("([call, question]) => window.live.engine.ask(call, question)", [call, question])


@pytest.mark.site
def test_the_page_starts_with_a_recorded_run(opened, served):
    page = opened(cdn=fail)
    page.locator("#text").scroll_into_view_if_needed()
    page.locator("#text span").nth(30).wait_for()
    page.locator(".named button[aria-pressed=true]").wait_for()
    page.locator("#status.failed").wait_for()
    assert "cannot run here" in page.locator("#status").inner_text()
    page.wait_for_function("document.querySelectorAll('#text span').length > 400")
    page.locator("#text span").nth(40).hover()
    page.locator("#expected b.drawn").wait_for()
    assert page.locator("#reset").is_disabled()
    page.locator("#write", has_text="Play the recording").click()  # and once more from its beginning
    page.wait_for_function("document.querySelectorAll('#text span').length < 100")
    page.locator("#write-on", has_text="Pause").click()
    page.locator("#write-on", has_text="Go on").click()
    page.wait_for_function("document.querySelectorAll('#text span').length > 400")
    page.locator("#write-on", has_text="Write on").wait_for()
    page.locator("#curve").scroll_into_view_if_needed()
    page.wait_for_function(f"{STEPS} > 100")
    page.locator("[data-go=last]").click()
    assert "One step of learning" in page.locator("div.now").inner_text()


@pytest.mark.site
def test_the_page_is_ready_soon(page):
    print(f"ready after {page.evaluate('window.live.ready'):.1f} s; fast products: {page.evaluate('window.live.fast')}")
    assert page.evaluate("window.live.fast")
    assert page.evaluate("window.live.ready") < 8 * SLOW
    assert "Live" in page.locator("#status").inner_text()


@pytest.mark.site
def test_it_writes(page):
    page.locator("#prompt").fill("Grüß KING")
    page.locator("#speed").press("End")
    page.locator("#write").click()
    page.locator("#writes-message", has_text="“ü”").wait_for()
    page.wait_for_function("document.querySelectorAll('#text span').length === 600 + 'Gr KING'.length")
    assert page.locator("#text span").first.inner_text() == "G"
    page.locator("#write-on").click()
    page.wait_for_function("document.querySelectorAll('#text span').length > 1000")
    before = page.locator("#text").inner_html()
    page.locator("#text").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.locator("#writes-spoken", has_text="expected at").wait_for(state="attached")
    page.locator("#units").focus()
    page.keyboard.press("End")
    assert page.locator("#unit-title").inner_text() == "Unit 255"
    page.wait_for_function("old => document.getElementById('text').innerHTML !== old", arg=before)
    page.locator(".named button").first.click()
    assert "78" in page.locator("#unit-title").inner_text()


MOVED = """() => {
    window.seen = {};
    (function frame() {
        for (const id of ['expected', 'units', 'learns']) {
            const { left, top, width, height } = document.getElementById(id).getBoundingClientRect();
            (window.seen[id] ??= new Set()).add([left, top + scrollY, width, height].map(Math.round).join());
        }
        requestAnimationFrame(frame);
    })();
}"""


@pytest.mark.site
@pytest.mark.parametrize("look", ["light", "tablet", "phone"])
def test_nothing_moves_while_it_writes(opened, look):
    """The boxes of what is below the text, at every frame: before it writes, meanwhile, afterwards, at each letter."""
    page = opened(look, cdn=hang)
    page.locator("#text span").first.wait_for()
    page.evaluate(MOVED)
    page.locator("#text").scroll_into_view_if_needed()  # there it begins
    page.locator("#write-on", has_text="Pause").click()
    page.wait_for_timeout(400)
    page.locator("#speed").press("End")
    page.locator("#write-on").click()
    page.wait_for_function("document.querySelectorAll('#text span').length > 400")
    page.locator("#write-on", has_text="Write on").wait_for()
    page.locator("#text").focus()
    page.keyboard.press("Home")
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    seen = page.evaluate("Object.fromEntries(Object.entries(window.seen).map(([id, boxes]) => [id, [...boxes]]))")
    assert {id: len(boxes) for id, boxes in seen.items()} == {"expected": 1, "units": 1, "learns": 1}, seen


@pytest.mark.site
def test_it_says_what_was_before_a_letter_and_what_after(opened):
    page = opened(cdn=hang)
    page.locator("#text").scroll_into_view_if_needed()
    assert page.locator("#expected-title").text_content().startswith("Before ")
    assert page.locator("#state-title").text_content().startswith("After ")
    page.wait_for_function("document.querySelectorAll('#text span').length > 40")
    page.locator("#text span").nth(3).hover()
    page.locator("#expected-title", has_text="Before “E”: what it expected").wait_for()
    assert page.locator("#state-title").inner_text() == "After “E”: the hidden state"


@pytest.mark.site
def test_it_learns(page):
    page.locator("#hidden-size").select_option("32")
    page.locator("#train").click()
    page.locator("#learns-message", has_text="different ones").wait_for()
    unigram = float(re.search(r"counts letters: ([\d.]+)", page.locator("#curve").text_content())[1])
    page.wait_for_function("unigram => Number(document.getElementById('n-bits').textContent) < unigram", arg=unigram)
    page.locator("#train").click()
    page.wait_for_timeout(600)
    steps = int(page.locator("#n-steps").inner_text().replace(",", ""))
    page.locator("#one-step").click()
    page.wait_for_function(f"steps => {STEPS} === steps", arg=steps + 1)
    page.locator("#reset").click()
    page.wait_for_function("document.getElementById('n-steps').textContent === '0'")


@pytest.mark.site
def test_it_learns_a_text_of_ones_own(page):
    page.locator("#source").select_option("")
    page.locator("#train").click()
    page.locator("#learns-message.wrong", has_text="at least 200 characters").wait_for()
    page.locator("#own").fill(TEXT)
    page.locator("#train").click()
    page.wait_for_function(f"{STEPS} > 30")
    page.locator("#train").click()


@pytest.mark.site
def test_it_steps_to_its_end_and_back(page):
    page.locator("[data-go=next]").focus()
    end = int(re.search(r"of (\d+)", page.locator(".count").inner_text())[1])
    seen = set()
    for press in range(1, end + 1):
        page.keyboard.press("ArrowRight")
        assert page.locator(".count").inner_text() == f"press {press} of {end}"
        seen.add(page.locator("div.now .from").get_attribute("href"))
    assert "../notebooks/02_hidden_state.html#equation-2-2" in seen
    assert "../notebooks/04_backpropagation_through_time.html#equation-4-8" in seen
    assert page.locator("[data-go=next]").is_disabled()
    assert not page.evaluate(BROKEN_NUMBERS)
    for _ in range(end):
        page.keyboard.press("ArrowLeft")
    assert page.locator(".count").inner_text() == f"press 0 of {end}"
    page.locator("[data-go=other]").click()
    page.wait_for_timeout(300)
    page.locator("[data-go=last]").click()
    assert "One step of learning" in page.locator("div.now").inner_text()


OUTSIDE = """() => [...document.querySelectorAll('.now *, .map *, .board *, .weights *')].filter((one) => {
    const inside = one.closest('.now, .map, .board, .weights').getBoundingClientRect();
    const box = one.getBoundingClientRect();
    return box.width && (box.left < inside.left - 1 || box.right > inside.right + 1);
}).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.mark.site
@pytest.mark.parametrize("width", [1366, 800, 390, 360])
def test_every_step_stays_in_its_box(opened, width):
    page = opened("phone", cdn=hang)
    page.set_viewport_size({"width": width, "height": 844})
    page.locator("[data-go=next]").focus()
    for _ in range(int(re.search(r"of (\d+)", page.locator(".count").inner_text())[1])):
        page.keyboard.press("ArrowRight")
        assert not page.evaluate(OUTSIDE), page.locator(".count").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.site
def test_the_map_can_be_read_on_a_phone(opened):
    """No letter is smaller than 11 pixels, no way back lies on a way forwards, and no node overlaps another."""
    page = opened("phone", cdn=hang)
    page.locator("[data-go=last]").click()
    smallest, nodes, ways = page.evaluate("""() => {
        const svg = document.querySelector('.map svg'), all = (kind) => [...svg.querySelectorAll(kind)];
        const box = (one) => Object.values(one.getBoundingClientRect().toJSON());
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const sizes = all('text').map((one) => scale * parseFloat(getComputedStyle(one).fontSize));
        return [Math.min(...sizes), all('.node').map(box), all('.line').map(box)];
    }""")
    assert smallest >= 11 and len(nodes) == 13 and len(ways) == 32
    for kind in nodes, ways:
        for (x, y, wide, high, *_), (other_x, other_y, other_wide, other_high, *_) in itertools.combinations(kind, 2):
            apart = max(x - other_x - other_wide, other_x - x - wide, y - other_y - other_high, other_y - y - high)
            assert apart > 0


@pytest.mark.site
def test_its_numbers_are_the_librarys(page):
    """The same questions in the browser and here, for the same seeds."""
    ask("load")
    question = {"prompt": "ROMEO:\n", "seed": 11, "temperature": 0.9}
    assert asked(page, "begin", **question) == ask("begin", **question)
    there, here = asked(page, "write", length=300), ask("write", length=300)
    assert there["text"] == here["text"]
    assert np.abs(levels(there["shades"], -1) - levels(here["shades"], -1)).max() <= 1 / live.LEVELS
    learned = {}
    for dtype, tolerance in ("float64", 1e-7), ("float32", 5e-3):
        question = {"name": "dinosaurs", "hidden_size": 64, "seed": 4, "dtype": dtype}
        begun = {"there": asked(page, "learner", **question), "here": ask("learner", **question)}
        assert np.allclose(begun["there"]["ngrams"], begun["here"]["ngrams"])
        there, here = ([], [])
        while len(here) < 50:
            there += asked(page, "learn", seconds=60, most=25)["bits"]
            here += ask("learn", seconds=60, most=25)["bits"]
        learned[dtype] = float(np.abs(np.array(there[:50]) - here[:50]).max())
        assert len(there) == len(here) and learned[dtype] < tolerance
    print("largest difference in 50 steps of learning, bits:", learned)
    there, here = asked(page, "step_by_step"), ask("step_by_step")
    for one, other in zip(there["moves"], here["moves"], strict=True):
        assert one["kind"] == other["kind"]
        for name, value in one["numbers"].items():
            if not isinstance(value, dict):
                assert np.allclose(value, other["numbers"][name], atol=1e-14)


@pytest.mark.site
def test_how_fast_it_is(page):
    """The course wants 1,000 and 40 on a quiet machine."""
    asked(page, "begin", prompt="ROMEO:\n", seed=0, temperature=1.0)
    began = time.perf_counter()
    asked(page, "write", length=2000)
    characters = 2000 / (time.perf_counter() - began)
    asked(page, "learner", name="dinosaurs", hidden_size=64)
    asked(page, "learn", seconds=60, most=10)
    taken, spent, everything, start = 0, 0.0, 0, time.perf_counter()
    while spent < 2:
        began = time.perf_counter()
        answer = asked(page, "learn", seconds=0.1)
        everything += len(answer["bits"])
        if answer["look"] is None:
            taken, spent = taken + len(answer["bits"]), spent + time.perf_counter() - began
    looked = everything / (time.perf_counter() - start)
    print(f"{characters:,.0f} characters a second at H=256; at H=64, B=16, T=25", end=" ")
    print(f"{taken / spent:.0f} steps a second, {looked:.0f} with the looks that are taken meanwhile")
    assert characters > 1000 / SLOW and taken / spent > 40 / SLOW


def longest_task(trace, address):
    """Return the CPU time of the longest task, in ms, of the thread that draws a page: the share of a busy machine."""
    events = json.loads(trace)["traceEvents"]
    pid = next(event["pid"] for event in events if f"'url': '{address}" in str(event.get("args")))
    threads = [event for event in events if event.get("name") == "thread_name" and event["pid"] == pid]
    (tid,) = [event["tid"] for event in threads if event["args"]["name"] == "CrRendererMain"]
    return max(event.get("tdur", 0) for event in events if (event["pid"], event["tid"]) == (pid, tid)) / 1000


@pytest.mark.site
def test_the_pages_own_thread_is_never_held_up(opened, browser, served):  # noqa: F811
    """While it loads, writes as fast as it can, learns and is scrolled: CPU time, which others on the machine share."""
    browser.start_tracing(categories=["toplevel", "devtools.timeline"])
    page = opened()
    page.wait_for_function("window.live?.ready", timeout=120_000)
    page.locator("#speed").press("End")
    page.locator("#write").click()
    page.locator("#train").click()
    page.wait_for_timeout(500)
    for _ in range(60):
        page.mouse.wheel(0, 90)
        page.wait_for_timeout(50)
    page.wait_for_function(f"{STEPS} > 5")
    longest = longest_task(browser.stop_tracing(), served[0])
    print(f"the longest task of the page's own thread took {longest:.0f} ms of CPU")
    assert 1 < longest < 100
    assert not page.complaints


@pytest.mark.site
def test_it_rests_in_the_background(page):
    page.locator("#source").select_option("dinosaurs")
    page.locator("#train").click()
    page.wait_for_function(f"{STEPS} > 20")
    page.evaluate(HIDE, True)
    page.wait_for_timeout(1000)
    before = page.locator("#n-steps").inner_text()
    page.wait_for_timeout(1000)
    assert page.locator("#n-steps").inner_text() == before
    page.evaluate(HIDE, False)
    page.wait_for_function("before => document.getElementById('n-steps').textContent !== before", arg=before)
    page.locator("#train").click()


@pytest.mark.site
@pytest.mark.parametrize("look", LOOKS)
def test_the_page_is_fit_for_every_reader_and_screen(opened, look, axe, tmp_path_factory):  # noqa: F811
    """While it is being loaded, when no control is disabled; each part half-way through."""
    page = opened(look, cdn=hang, reduced_motion="reduce")
    page.locator("#text").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('#text span').length > 400")
    page.locator("#curve").scroll_into_view_if_needed()
    page.wait_for_function(f"{STEPS} >= 600")
    page.locator("#text span").nth(60).hover()
    page.locator("[data-go=next]").focus()
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    page.evaluate(axe)
    for stage, (where, presses) in enumerate([("first", 0), ("next", 14), ("turn", 9)]):
        page.evaluate("where => document.querySelector(`[data-go=${where}]`).click()", where)
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
        page.screenshot(path=folder / f"live {look} {stage}.png", full_page=True)
        for rule in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            faults = [f"{node['html'][:200]} {node['failureSummary'][:300]}" for node in rule["nodes"]]
            pytest.fail(f"{rule['id']}: {faults}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.complaints


@pytest.mark.site
def test_nothing_has_complained(page):
    assert not page.complaints
