"""Links within the repository lead somewhere, and those that lead out are found (make links follows them)."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
import check_links  # noqa: E402  a script, not a package

TEXTS = dict(check_links.texts())


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_within_the_repository_leads_somewhere(path):
    targets = [target for target in check_links.LINK.findall(TEXTS[path]) if "://" not in target and target[0] != "#"]
    missing = [target for target in targets if not (path.parent / target.partition("#")[0]).exists()]
    assert not missing


def test_links_are_found_and_end_where_they_should(tmp_path, monkeypatch):
    text = "[Elman](https://doi.org/10.1016/0364-0213(90)90002-E), <https://a.org/b#c>. See https://a.org/d, [x](y.md)."
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(check_links, "ROOT", tmp_path)
    assert sorted(check_links.addresses()) == [
        "https://a.org/b", "https://a.org/d", "https://doi.org/10.1016/0364-0213(90)90002-E",
    ]  # fmt: skip
    assert check_links.LINK.findall(text) == ["https://doi.org/10.1016/0364-0213(90)90002-E", "y.md"]
