"""Write the site's address, from [project.urls] in pyproject.toml, into README: make address."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def urls():
    """Return what [project.urls] says: {"Homepage": ..., "Repository": ...}."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return dict(re.findall(r'^(Homepage|Repository) = "(.*)"$', settings, re.MULTILINE))


def first_line():
    """Return the line of links below README's title."""
    home, name = urls()["Homepage"], urls()["Repository"].removeprefix("https://github.com/")
    start = "notebooks/00_start_here.ipynb"
    return f"""\
**[Read the course, and watch a network learn]({home}/)**
[![run in your browser](docs/pictures/run-in-your-browser.svg)]({home}/lite/lab/index.html?path={start})
or [on Binder](https://mybinder.org/v2/gh/{name}/HEAD?urlpath=lab/tree/{start}),
or [in Colab](https://colab.research.google.com/github/{name}/blob/main/{start}) after `%pip install git+https://github.com/{name}`"""


if __name__ == "__main__":
    readme = ROOT / "README.md"
    title, _, rest = readme.read_text(encoding="utf-8").split("\n\n", 2)
    readme.write_text("\n\n".join([title, first_line(), rest]), encoding="utf-8")
