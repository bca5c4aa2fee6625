"""Sphinx's settings for the course's site; `site/course_pages.py` adds what is the course's own."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

import address  # noqa: E402  after the path is set

import rnnlib  # noqa: E402

# A workflow knows where the course lives; elsewhere, [project.urls] in pyproject.toml says so.
repository = os.environ.get("GITHUB_REPOSITORY") or address.urls()["Repository"].removeprefix("https://github.com/")

project = "Recurrent networks from scratch"
author = "the authors of Recurrent networks from scratch"
project_copyright = f"{author}, MIT licence"
release = rnnlib.__version__
language = "en"

extensions = [
    "myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx.ext.mathjax", "sphinx_copybutton",
    "course_pages",
]  # fmt: skip
templates_path = ["templates"]
default_role = "code"  # docstrings write names in single backticks
toc_object_entries_show_parents = "hide"

# Notebooks are shown with their stored outputs.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4
myst_heading_slug_func = "course_pages.jupyter_slug"

autodoc_default_options = {"exclude-members": "set"}  # matplotlib writes its docstring
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
add_module_names = False
viewcode_follow_imported_members = False

mathjax_path = "mathjax/es5/tex-chtml.js"
mathjax3_config = {"tex": {"tags": "none"}, "options": {"enableMenu": False}}
copybutton_selector = "div.cell_input pre, div.highlight-python pre"

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_favicon = "static/icon.svg"
html_copy_source = True
html_sourcelink_suffix = ""  # so that a notebook is downloaded under its own name
html_show_sphinx = False
html_permalinks_icon = "#"
html_context = {"default_mode": "auto", "repository": repository, "repository_url": f"https://github.com/{repository}"}
html_sidebars = {page: [] for page in ("index", "search", "genindex", "docs/glossary")}
html_theme_options = {
    "logo": {"text": project},
    "github_url": f"https://github.com/{repository}",
    "navbar_end": ["live.html", "theme-switcher.html", "navbar-icon-links.html"],
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "article_header_end": ["run.html"],
    "secondary_sidebar_items": ["page-toc.html", "actions.html"],
    "show_toc_level": 1,
    "show_nav_level": 0,
    "navigation_depth": 2,
    "footer_start": ["copyright.html"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
