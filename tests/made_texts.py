"""Small texts of the kinds that people bring, made here: names, poems, programs, tunes, chats, tables, scripts, flaws.

None is long or good; each has what makes its kind difficult. Every one is the same each time it is made.
"""

import json
import random

HAN = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里"
    "后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
)
HINDI = (
    "यह वह नदी हिन्दी में पानी घर किताब मैं तुम हमारी दुनिया सुंदर बच्चे खेलते हैं और फिर रात को सो जाते थे क्या ज़िंदगी"
).split()
RUSSIAN = (
    "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой год от так о для ты же все "
    "тот мочь вы человек"
).split()
ENGLISH = (
    "the of and to a in that it is was he for on are with as his they at be this from have or by one had not but what "
    "all were when we there can an your which their if do will each how other about out up many then them these so some"
).split()
SYLLABLES = "an ba ce di el fo ga hi is jo ka lu ma ne or pa qui ra so ta ul vi wen xa yo zed".split()


def _sentences(words, count, rng, stop=". ", capital=True):
    made = []
    for _ in range(count):
        sentence = " ".join(rng.choice(words) for _ in range(rng.randint(4, 12)))
        made.append((sentence.capitalize() if capital else sentence) + stop)
    return made


def prose(words, characters, seed=0, stop=". ", capital=True):
    """Sentences in lines of seventy characters or so, a blank line now and then."""
    rng, text, column = random.Random(seed), "", 0
    while len(text) < characters:
        for word in "".join(_sentences(words, 5, rng, stop, capital)).split():
            text, column = text + word + ("\n" if column > 70 else " "), 0 if column > 70 else column + len(word) + 1
        text, column = text + "\n\n", 0
    return text[:characters]


def names(characters=15_000, seed=0):
    rng, lines = random.Random(seed), []
    while sum(map(len, lines)) < characters:
        lines.append("".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))).capitalize() + "\n")
    return lines


def chinese(V=3000, characters=40_000, seed=0):
    """Poems of five characters a verse, with V different characters, the rarer the later they stand in the list."""
    rng = random.Random(seed)
    letters = list(HAN) + [chr(0x4E00 + 5 * k) for k in range(V)]
    letters = sorted(set(letters[:V]), key=letters.index)
    weights = [1 / (5 + k) for k in range(len(letters))]
    text = []
    while len(text) < characters / 12:
        verse = rng.choices(letters, weights, k=10)
        text.append("".join(verse[:5]) + "，" + "".join(verse[5:]) + ("。\n" if rng.random() < 0.8 else "！\n\n"))
    return "".join(text)


def program(characters=30_000, seed=0):
    rng, lines = random.Random(seed), ["#include <stdio.h>\n#include <string.h>\n\n"]
    while sum(map(len, lines)) < characters:
        a, b, f = (rng.choice(ENGLISH) + rng.choice("abcxyz") for _ in range(3))
        said = " ".join(rng.choices(ENGLISH, k=5))
        lines.append(
            f"int editor_{f}(int {a}, char *{b}) {{\n\tif ({a} > {rng.randint(0, 99)}) {{\n\t\treturn {a} + "
            f"strlen({b}); /* {said} */\n\t}}\n\treturn {rng.random():.2f} * {a};\n}}\n\n"
        )
    return "".join(lines)


def tunes(characters=20_000, seed=0):
    rng, text, number = random.Random(seed), "", 0
    while len(text) < characters:
        number += 1
        notes = [rng.choice("ABCDEFGabcdefg") + rng.choice(["", "2", "/2"]) for _ in range(64)]
        bars = [" ".join(notes[k : k + 4]) for k in range(0, 64, 4)]
        text += f"X:{number}\nT:The {rng.choice(ENGLISH)} {rng.choice(ENGLISH)}\nM:4/4\nL:1/8\nK:{rng.choice('CDGA')}\n"
        text += "|".join(bars[:8]) + "|\n" + "|".join(bars[8:]) + "|]\n\n"
    return text


def chat(characters=20_000, seed=0):
    rng, lines = random.Random(seed), []
    while sum(map(len, lines)) < characters:
        said = "".join(_sentences(ENGLISH, 1, rng, rng.choice(["", "!", "?", " 😀", " 👩‍💻", "…"]), capital=False))
        lines.append(f"[{rng.randint(10, 23)}:{rng.randint(10, 59)}] {rng.choice(['Ann', 'Zoë', 'Bo'])}: {said}\n")
    return "".join(lines)


def table(characters=15_000, seed=0):
    rng, lines = random.Random(seed), ["id,name,price,share\n"]
    while sum(map(len, lines)) < characters:
        lines.append(f"{len(lines)},{rng.choice(SYLLABLES)},{rng.random() * 100:.2f},{rng.random():.4f}\n")
    return "".join(lines)


def records(characters=15_000, seed=0):
    rng = random.Random(seed)
    count = characters // 60
    return json.dumps(
        [{"id": k, "tags": rng.choices(ENGLISH, k=3), "price": round(rng.random(), 3)} for k in range(count)]
    )


def latex(characters=15_000, seed=0):
    rng, text = random.Random(seed), "\\documentclass{article}\n\\begin{document}\n"
    while len(text) < characters:
        text += f"\\section{{{rng.choice(ENGLISH)}}}\n{prose(ENGLISH, 300, rng.random())}\n"
        text += f"$$\\sum_{{k=1}}^{{{rng.randint(2, 9)}}} x_k^{rng.randint(2, 5)} \\le {rng.random():.3f}.$$\n\n"
    return text


def dna(characters=20_000, seed=0):
    return "".join(random.Random(seed).choices("ACGT", [0.3, 0.2, 0.2, 0.3], k=characters))


def shuffled(lines, seed=0):
    return "".join(random.Random(seed).sample(lines, len(lines)))


def held_out_in_training(seed=0):
    """The last tenth, and a little more, stands in the first nine tenths."""
    text = prose(ENGLISH, 18_000, seed)
    return text + text[3000:5500]


KINDS = {
    "names, sorted": lambda: "".join(sorted(names())),
    "Chinese poems": chinese,
    "C": program,
    "ABC tunes": tunes,
    "chat with emoji": chat,
    "DNA": dna,
    "CSV": table,
    "JSON": records,
    "LaTeX": latex,
    "Russian": lambda: prose(RUSSIAN, 20_000),
    "Hindi": lambda: prose(HINDI, 15_000, stop="। ", capital=False),
    "a sentence, 900 times": lambda: "The quick brown fox jumps over the lazy dog.\n" * 900,
    "hello, 1000 times": lambda: "hello" * 1000,
    "a table of zeros": lambda: "0 0 0 0 0 0 0 0\n" * 500,
    "one distinct character": lambda: "a" * 5000,
    "names, 300 characters": lambda: "".join(names())[:300],
    "600 characters": lambda: prose(ENGLISH, 600),
    "120 characters": lambda: prose(ENGLISH, 120),
    "lines shuffled": lambda: shuffled(names(seed=3)),
    "held-out part in training": held_out_in_training,
}
