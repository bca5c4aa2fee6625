"""Every page of the site in Chromium (make site-test): no errors, nothing from elsewhere, fit for all readers.

The site is served as a visitor gets it, from a sub-folder of a plain web server. `make site` has built it.
"""

import gzip
import html.parser
import re
import sys
import urllib.parse
from pathlib import Path

import pytest
from test_browser import browser  # noqa: F401  a fixture
from web_server import serve, serve_site

from notebooks import PATHS

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "site" / "_build"
sys.path.append(str(ROOT / "site"))
import npm  # noqa: E402

pytestmark = pytest.mark.site

ELSEWHERE = ("lite", "live", "pyodide", "wheels")  # parts with tests of their own
FOUND = [path.relative_to(SITE) for path in SITE.rglob("*.html")]
PAGES = sorted(path.as_posix() for path in FOUND if path.parts[0] not in (*ELSEWHERE, "_static"))
CLOSELY = [
    "index.html", "notebooks/index.html", "notebooks/00_start_here.html", "notebooks/02_hidden_state.html",
    "notebooks/04_backpropagation_through_time.html", "docs/glossary.html", "docs/teaching.html",
    "reference/index.html", "reference/rnnlib.rnn.html", "search.html",
]  # fmt: skip
LOOKS = {"light": (1366, 768, "light"), "dark": (1366, 768, "dark"), "phone": (390, 844, "light")}
LOUD = ("error", "warning")  # in the console
HEAVY = 2_500_000  # bytes a page, with all its pictures


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the site from a sub-folder; yield its address."""
    assert PAGES, "there is no site: make site"
    with serve_site(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="module")
def axe():
    return (npm.package("axe-core") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def contexts(browser):  # noqa: F811
    """Open a browser for each look: files that pages share are fetched once."""
    opened = {
        look: browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        for look, (width, height, theme) in LOOKS.items()
    }
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def look(contexts):
    """Return a function that opens a page in one look; close the pages afterwards."""
    pages = []

    def opened(url, look="light"):
        page = contexts[look].new_page()
        pages.append(page)
        page.set_default_timeout(20_000)
        page.complaints, page.responses = [], {}
        page.on("console", lambda message: message.type in LOUD and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(f"{request.url}: {request.failure}"))
        page.on("request", lambda request: elsewhere(request.url, url) and page.complaints.append(request.url))
        page.on("response", lambda response: page.responses.setdefault(response.url, response))
        page.goto(url)
        page.evaluate("window.MathJax?.startup?.promise")
        return page

    yield opened
    for page in pages:
        page.close()


def elsewhere(request, page):
    """Whether a page asks another host for something."""
    one, other = urllib.parse.urlsplit(request), urllib.parse.urlsplit(page)
    return one[:2] != other[:2] and one.scheme not in ("data", "blob")


PLAIN = """() => [
    ...[...document.images].filter((one) => !one.hasAttribute('alt') || !one.alt.trim() && one.closest('.cell_output')),
    ...document.querySelectorAll('mjx-merror, [data-mjx-error]'),
].map((one) => one.outerHTML)"""


def faults(page, axe=None):
    """Return all that is wrong with an open page."""
    found = list(page.complaints) + page.evaluate(PLAIN)
    if (wide := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        found.append(f"{wide} pixels wider than the screen")
    if axe:
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        page.evaluate(axe)
        result = page.evaluate("axe.run({resultTypes: ['violations']})")
        for rule in result["violations"]:
            found += [f"{rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}" for node in rule["nodes"]]
    return found


def weight(page):
    """Return how many bytes a page takes, text compressed as it travels, and all pictures fetched."""
    page.evaluate("for (const one of document.images) one.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    total = 0
    for url, response in list(page.responses.items()):
        body = response.body() if not url.startswith("data:") else b""
        total += len(body) if url.endswith((".png", ".woff", ".woff2")) else len(gzip.compress(body))
    return total


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_faults(address, look, axe, name):
    page = look(address + name)
    lazy = page.locator(".cell_output img").evaluate_all("all => all.every((one) => one.loading === 'lazy')")
    assert lazy and 100_000 < weight(page) < HEAVY
    assert not faults(page, axe)
    page.set_viewport_size({"width": 390, "height": 844})
    assert not faults(page)


SMALLEST = 0.75  # of the size that a figure has beside its code: 8.5 points, the smallest print, are 9 pixels then
SHOWN = """() => [...document.querySelectorAll('.cell_output img.wide')].filter((one) => one.checkVisibility())
    .map((one) => one.getBoundingClientRect().width / parseFloat(one.style.width))"""


@pytest.mark.parametrize("name", [f"notebooks/{path.stem}.html" for path in PATHS])
def test_a_phones_reader_can_read_a_wide_figure(address, look, name):
    """By scrolling it within its own box: the page itself stays as wide as the screen."""
    page = look(address + name, "phone")
    sizes = page.evaluate(SHOWN)
    assert all(size > SMALLEST for size in sizes)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_equation_is_seen_whole_on_a_laptop(address, look):
    page = look(address + "notebooks/02_hidden_state.html")
    page.wait_for_function("document.querySelector('#equation-2-4 mjx-container')")
    page.evaluate("fit()")
    wide = "[...document.querySelectorAll('div.math')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(wide) == 0


@pytest.mark.parametrize("kind", ["dark", "phone"])
@pytest.mark.parametrize("name", CLOSELY)
def test_a_page_has_no_faults_in_other_looks(address, look, axe, name, kind):
    page = look(address + name, kind)
    assert page.locator("html").get_attribute("data-theme") == LOOKS[kind][2]
    assert not faults(page, axe)


PLANTED = {
    "console": ("<script>console.error('oh')</script>", "oh"),
    "error": ("<script>throw new Error('oh')</script>", "oh"),
    "not there": ("<img src='nothing.png' alt='nothing'>", "404"),
    "another host": ("<img src='http://127.0.0.2:9/a.png' alt='a picture'>", "127.0.0.2"),
    "no alternative": ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "<img"),
    "too wide": ("<p style='width: 2000px'>wide</p>", "wider"),
    "contrast": ("<p style='color: #ccc; background: #fff'>pale</p>", "color-contrast"),
    "no name": ("<button></button>", "button-name"),
    "mathematics": ("<mjx-merror>no</mjx-merror>", "mjx-merror"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(tmp_path, look, axe, fault):
    planted, complaint = PLANTED[fault]
    text = f"<!doctype html><html lang='en'><title>A page</title><main><h1>A page</h1>{planted}</main></html>"
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    with serve(tmp_path) as server:
        page = look(f"{server}/page.html")
        page.wait_for_load_state("networkidle")
        found = faults(page, axe)
    assert any(complaint in one for one in found), found


class Links(html.parser.HTMLParser):
    """The places of a page, and where its links lead."""

    def __init__(self, path):
        super().__init__()
        self.places, self.targets = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes.get("id"), attributes.get("name")}
        self.targets += [attributes[key] for key in ("href", "src") if attributes.get(key)]


def dead(folder, pages, apart=()):
    """Return the links within a site that lead nowhere, apart from those into some of its folders."""
    read = {page: Links(folder / page) for page in pages}
    found = []
    for page, links in read.items():
        for target in links.targets:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = (folder / page).parent / urllib.parse.unquote(parts.path) if parts.path else folder / page
            name = Path(*path.parts).resolve().relative_to(folder.resolve()).as_posix()
            if name.split("/")[0] in apart:
                continue
            fragment = urllib.parse.unquote(parts.fragment)
            if not path.is_file() or fragment and name in read and fragment not in read[name].places:
                found.append(f"{page}: {target}")
    return found


def test_every_link_within_the_site_leads_somewhere():
    missing = [name for name in ELSEWHERE if not (SITE / name).exists()]
    assert not dead(SITE, PAGES, apart=missing)
    if missing:
        pytest.skip(f"not built, so links to them were not followed: {', '.join(missing)}")


def test_a_dead_link_is_found(tmp_path):
    links = "".join(f"<a href='{target}'>x</a>" for target in ("b.html#no", "c.html", "b.html#yes", "#no"))
    (tmp_path / "a.html").write_text(links, encoding="utf-8")
    (tmp_path / "b.html").write_text("<p id='yes'>x</p>", encoding="utf-8")
    assert dead(tmp_path, ["a.html", "b.html"]) == ["a.html: b.html#no", "a.html: c.html", "a.html: #no"]


def test_an_equation_in_prose_is_a_link_that_lands(address, look):
    page = look(address + "notebooks/10_lstm_and_gru.html")
    page.locator("p a", has_text="(9.3)").first.click()
    page.wait_for_url("**/09_vanishing_gradients.html#equation-9-3")
    page.evaluate("MathJax.startup.promise")
    page.wait_for_function("document.getElementById('equation-9-3').getBoundingClientRect().top < innerHeight")
    assert page.locator("#equation-9-3 mjx-container").is_visible()


def test_every_equation_can_be_linked_to_and_has_its_check():
    for path in PATHS:
        numbers = re.findall(r"\\\\tag\{([\d.]+)\}", path.read_text(encoding="utf-8"))
        places = Links(SITE / "notebooks" / f"{path.stem}.html").places
        for number in numbers:
            assert {f"{kind}-{number.replace('.', '-')}" for kind in ("equation", "check")} <= places, number


def test_names_are_links():
    """Of functions to the reference, of notebooks to their pages."""
    notebook, module = SITE / "notebooks" / "02_hidden_state.html", SITE / "reference" / "rnnlib.rnn.html"
    assert "rnnlib.rnn.html#rnnlib.rnn.forward" in {target.split("/")[-1] for target in Links(notebook).targets}
    assert "../notebooks/04_backpropagation_through_time.html" in Links(module).targets


def test_what_is_folded_opens(address, look):
    page = look(address + "notebooks/02_hidden_state.html")
    for kind, inside in ("answer", ".cell_output"), ("check", ".cell_input"), ("deeper", "p"):
        fold = page.locator(f"details.{kind}:not([open])").first.element_handle()
        hidden = fold.query_selector(inside)
        assert not hidden.is_visible()
        fold.query_selector("summary").click()
        page.wait_for_function("one => one.checkVisibility()", arg=hidden)
    page.locator("a.holds", has_text="(2.1) holds").click()
    assert page.locator("#check-2-1 .cell_input").is_visible()


def test_a_link_into_a_deeper_section_opens_it(address, look):
    page = look(address + "notebooks/02_hidden_state.html")
    number = page.evaluate("document.querySelector('details.deeper [id^=equation-]').id")
    page = look(address + f"notebooks/02_hidden_state.html#{number}")
    page.wait_for_function("id => document.getElementById(id).checkVisibility()", arg=number)


def test_a_solution_is_folded(address, look):
    page = look(address + "notebooks/02_hidden_state.html")
    solution = page.locator("details", has=page.locator("summary", has_text="Solution")).first
    assert not solution.locator("pre").first.is_visible()
    solution.locator("summary").click()
    assert solution.locator("pre").first.is_visible()


def test_search_finds(address, look):
    page = look(address + "search.html?q=saturation")
    page.locator("#search-results li a", has_text="Follow the hidden state").first.wait_for()
    assert not page.complaints


@pytest.mark.parametrize(("name", "word", "explained"), [
    ("02_hidden_state", "hidden state", "row of H numbers"),
    ("08_hidden_activations", "hidden unit", "One of the H places"),
])  # fmt: skip
def test_a_word_of_the_glossary_explains_itself(address, look, name, word, explained):
    page = look(address + f"notebooks/{name}.html")
    page.locator("a.term", has_text=re.compile(word, re.IGNORECASE)).first.hover()
    page.get_by_role("tooltip", name=re.compile(explained)).wait_for()


def test_the_button_leads_to_the_same_notebook_in_the_browser(address, look):
    page = look(address + "notebooks/02_hidden_state.html")
    link = page.get_by_role("link", name="Run this page in your browser").first
    assert link.evaluate("one => one.href") == address + "lite/lab/index.html?path=notebooks/02_hidden_state.ipynb"
