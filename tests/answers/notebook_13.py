import codecs

import numpy as np


def _parameters(V, g, H):
    return g * H * (V + H + 1) + V * (H + 1)


def _largest(V, g, limit, sizes=range(1, 2000), fits=lambda n, limit: n <= limit):
    return max([H for H in sizes if fits(_parameters(V, g, H), limit)], default=0)


def _quadratic(V, g, limit):
    b = g * (V + 1) + V
    H = int((-b + (b * b - 4 * g * (V - limit)) ** 0.5) / (2 * g))
    return H + 1 if _parameters(V, g, H + 1) <= limit else H


def _downwards(V, g, limit):
    H = limit
    while _parameters(V, g, H) > limit:
        H -= 1
    return np.int64(H)


def _bytewise(raw):
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[3:]
    try:
        text = raw.decode()
    except UnicodeError:
        text = "".join(bytes([b]).decode("cp1252") for b in raw)
    return text


def _strict_or(encoding, after=lambda text: text):
    def decode(raw):
        try:
            return after(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return after(raw.decode(encoding, errors="replace"))

    return decode


def _stop(held_out, patience, better=lambda loss, best: loss < best, first=0):
    best, read = first, 0
    for k in range(len(held_out)):
        read = k + 1
        if better(held_out[k], held_out[best]):
            best = k
        elif k - best >= patience:
            return best, read
    return best, read


def _with_slices(held_out, patience):
    for read in range(1, len(held_out) + 1):
        best = int(np.argmin(held_out[:read]))
        if read - 1 - best >= patience:
            break
    return np.array([best, read])


def _counts_down(held_out, patience):
    left, best, it = patience, 0, iter(enumerate(held_out))
    next(it)
    for k, loss in it:
        left = patience if loss < held_out[best] else left - 1
        best = k if loss < held_out[best] else best
        if not left:
            return [best, k + 1]
    return [best, len(held_out)]


def _eats_the_list(held_out, patience):
    result = _stop(held_out, patience)
    held_out.clear()
    return result


WRONG = {
    "13.1": [
        lambda V, g, limit: _largest(V, g, limit, sizes=range(1, 129)),
        lambda V, g, limit: _largest(V, g, limit, sizes=range(2, 2000, 2)),
        lambda V, g, limit: _largest(V, g, limit, fits=lambda n, limit: n < limit),
        lambda V, g, limit: _largest(V, g, limit) - 1,
        lambda V, g, limit: float(_largest(V, g, limit)),
        lambda V, g, limit: int(limit**0.5),
        lambda V, g, limit: limit // (g * V),
        lambda V, g, limit: (_largest(V, g, limit), limit),
    ],
    "13.3": [
        _strict_or("cp1252", str.strip),
        _strict_or("cp1250"),
        _strict_or("cp1254"),
        _strict_or("cp1252", lambda text: text + "\0"),
        _strict_or("cp1252", str.lower),
        _strict_or("cp1252", lambda text: text.replace("\r\n", "\n")),
        _strict_or("cp1252", str.encode),
        _strict_or("cp1252", list),
        lambda raw: str(raw),
        lambda raw: raw,
        lambda raw: raw.decode("utf-8-sig"),
    ],
    "13.2": [
        lambda losses, n: _stop(losses, n)[0],
        lambda losses, n: _stop(losses, n)[::-1],
        lambda losses, n: _stop(losses, 2),
        lambda losses, n: (losses[_stop(losses, n)[0]], _stop(losses, n)[1]),
        lambda losses, n: (_stop(losses, n)[0] + 1, _stop(losses, n)[1]),
        lambda losses, n: _stop(losses, max(2, n)),
        lambda losses, n: _stop(losses, n, better=lambda loss, best: loss < 0.9 * best),
        lambda losses, n: tuple(map(float, _stop(losses, n))),
        _eats_the_list,
    ],
    "13.4": [
        (3.74, 2.65),
        (3.72, 2.6),
        (3.7, 2.65),
        (3.72,),
        3.72,
        ("3.72", "2.65"),
        (3.72, 3.72 - 2.65),
        (0, 0),
        (3.72, None),
    ],
}
RIGHT = {
    "13.1": [_largest, _quadratic, _downwards],
    "13.3": [
        _bytewise,
        _strict_or("cp1252"),
        lambda raw: np.str_(_bytewise(raw)),
        lambda raw: np.array(_bytewise(raw), object),
    ],
    "13.2": [_stop, _with_slices, _counts_down],
    "13.4": [(3.72, 2.65), (3.717625993, 2.649123618), (3.71, 2.64), np.array([3.718, 2.649])],
}
