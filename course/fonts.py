"""Fonts for any script: which of those on this system can draw a text.

matplotlib brings DejaVu, which has Latin, Greek, Cyrillic and Arabic letters, but no Chinese, Hindi, Thai or emoji. It
draws what a font lacks as boxes, and warns at each. So find the fonts first, and mark what no font has.
"""

import logging

from matplotlib import font_manager

NO_FONT = "▯"  # drawn for a character that no font here has


def families_for(text):
    """Find font families of this system that together can draw a text.

    Further ones than DejaVu are looked for only if it is not enough; the one that has most of the characters still
    wanted comes first.

    Parameters
    ----------
    text : str

    Returns
    -------
    families : list of str
        For matplotlib, which draws each character with the first that has it.
    missing : str
        The characters that none of them has, control characters among them: draw NO_FONT in their places.
    """
    families = ["DejaVu Sans Mono", "DejaVu Sans"]
    wanted = {ord(char) for char in set(text) - set(" \n\t")}
    for family in families:
        wanted -= _characters(family)
    if any(chr(code).isprintable() for code in wanted):
        families += _others(wanted)
    return families, "".join(sorted(map(chr, wanted)))


def _others(wanted):
    """Choose families, each the one that has most of what is still wanted; take that out of the set `wanted`."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it warns of each weight that is not "normal"
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in set(font_manager.findSystemFonts()) - known:  # installed after matplotlib made its list
        try:
            font_manager.fontManager.addfont(path)
        except (OSError, RuntimeError):  # damaged, or made of bitmaps
            continue
    has = {name: _characters(name) & wanted for name in sorted(font_manager.get_font_names())}
    chosen = []
    while has and (best := max(has, key=lambda name: len(has[name] & wanted))) and has[best] & wanted:
        chosen.append(best)
        wanted -= has.pop(best)
    return chosen


def _characters(family):
    """Return the code points that a family's regular font has; none if it cannot be opened."""
    try:
        path = font_manager.findfont(family, fallback_to_default=False)
        return set(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError, ValueError):
        return set()
