r"""The equation ledger: in every notebook, each \tag{N.k} has its check, and each check its \tag."""

import ast
import json
import re
from collections import Counter

import pytest

import notebooks


def read_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def find_tags(prose):
    r"""The numbers in \tag{...}, apart from those that stand in code, as in `\tag{4.7}`."""
    return re.findall(r"\\tag\{(.*?)\}", re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL))


def find_checks(code):
    """The first argument of each call of `equation`, as a string if it is one, else as source."""
    code = "\n".join("pass" if line.startswith(("%", "!")) else line for line in code.splitlines())
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func).split(".")[-1] == "equation"]
    return [
        str(call.args[0].value) if call.args and isinstance(call.args[0], ast.Constant) else ast.unparse(call)
        for call in named
    ]


def find_faults(number, cells):
    """What is wrong with the ledger of notebook `number`, a line each."""
    tags, open_tags, checks, answered = [], [], [], True
    faults = []
    for kind, source in cells:
        if kind == "markdown" and (found := find_tags(source)):
            if answered:  # the code for the equations above is over
                faults += [f"({tag}) is not checked in the code after it" for tag in open_tags]
                open_tags, answered = [], False
            tags += found
            open_tags += found
        elif kind == "code":
            for check in find_checks(source):
                if check in open_tags:
                    open_tags.remove(check)
                elif check not in checks:
                    faults.append(f"({check}) is checked, but no equation before it has this number")
                checks.append(check)
            answered = True
    faults += [f"({tag}) is not checked in the code after it" for tag in open_tags]
    faults += [f"({check}) is checked {times} times" for check, times in Counter(checks).items() if times > 1]
    expected = [f"{number}.{k + 1}" for k in range(len(tags))]
    if tags != expected:
        faults.append(f"the equations are numbered {tags}, expected {expected}")
    return faults


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_every_numbered_equation_is_checked_and_every_check_has_its_equation(path):
    assert find_faults(int(path.stem[:2]), read_cells(path)) == []


def test_no_two_notebooks_have_the_same_number():
    numbers = Counter(path.stem[:2] for path in notebooks.PATHS)
    assert all(number.isdigit() and times == 1 for number, times in numbers.items())


GOOD = [
    ("markdown", r"One. $$a = b \tag{3.1}$$"),
    ("markdown", "What to look for."),
    ("code", 'equation("3.1", a, b)'),
    ("markdown", r"Two, three: $$c = d \tag{3.2}$$ $$e = f \tag{3.3}$$ Write `\tag{9.9}`."),
    ("code", "%matplotlib inline\nc, d, e, f = 1, 2, 3, 4"),
    ("code", 'checks.equation("3.3", e, f)'),
    ("code", 'checks.equation("3.2", c, d, rtol=1e-6)'),
    ("markdown", r"$$g = h \tag{3.4}$$"),
    ("markdown", r"$$i = j \tag{3.5}$$"),
    ("code", 'for _ in range(3):\n    print(1)\nequation("3.4", g, h); equation("3.5", i, j)'),
]


def edited(place, source):
    return [(kind, source if i == place else text) for i, (kind, text) in enumerate(GOOD)]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (edited(2, "a == b"), "(3.1) is not checked"),
        (edited(2, '# equation("3.1", a, b)'), "(3.1) is not checked"),
        (edited(2, '"""equation("3.1", a, b)"""'), "(3.1) is not checked"),
        (edited(9, 'equation("3.5", i, j)'), "(3.4) is not checked"),
        (edited(5, 'equation("3.1", a, b)'), "(3.1) is checked 2 times"),
        (edited(5, 'equation("3.7", e, f)'), "(3.7) is checked, but no equation"),
        (edited(4, 'equation(f"3.{k}", e, f)'), "(equation(f'3.{k}', e, f)) is checked, but no equation"),
        (edited(0, 'no number'), "(3.1) is checked, but no equation"),
        (edited(0, r"`\tag{3.1}`"), "(3.1) is checked, but no equation"),
        ([GOOD[2], *GOOD[:2], *GOOD[3:]], "(3.1) is not checked"),
        ([GOOD[2], *GOOD[:2], *GOOD[3:]], "(3.1) is checked, but no equation"),
        ([*GOOD[:2], GOOD[9], *GOOD[3:]], "(3.1) is not checked"),
        ([*GOOD[:6], *GOOD[7:], GOOD[6]], "(3.2) is not checked"),
        (edited(0, r"$$a = b \tag{4.1}$$"), "the equations are numbered"),
        (edited(7, r"$$g = h \tag{3.5}$$"), "the equations are numbered"),
        (edited(7, r"$$g = h \tag{3.6}$$"), "the equations are numbered"),
        (edited(7, r"$$g = h \tag{3.4} x \tag{3.4}$$"), "the equations are numbered"),
    ],
)
def test_a_fault_in_the_ledger_is_found(cells, fault):
    faults = find_faults(3, cells)
    assert [line for line in faults if fault in line]


def test_a_ledger_without_fault_is_accepted():
    assert find_faults(3, GOOD) == []
    assert find_faults(3, []) == []
