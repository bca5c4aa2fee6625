"""The gradient check kills every planted bug, and each bug is the library's own source with one edit."""

from collections import Counter

import pytest

from course import mutants
from rnnlib import gradcheck, gru, language_model, lstm, rnn

ALL = (*mutants.MUTANTS, *mutants.GATED)


@pytest.fixture(params=ALL, ids=lambda mutant: f"{mutant.module}: {mutant.name}")
def mutant(request):
    return request.param


@pytest.fixture
def planted(mutant):
    return mutants.plant(mutant)


@pytest.fixture
def cell(planted):
    """The network is drawn for the cell that the bug is in."""
    return planted[1]


def test_each_part_has_enough_of_them_with_names_and_sentences_of_their_own():
    vanilla, gated = (Counter(mutant.module for mutant in part) for part in (mutants.MUTANTS, mutants.GATED))
    assert vanilla.keys() == {"rnn", "language_model", "losses"} and vanilla.total() >= 16
    assert gated.keys() == {"lstm", "gru"} and gated["lstm"] >= 8 and gated["gru"] >= 5
    assert len({(mutant.module, mutant.name) for mutant in ALL}) == len(ALL)
    assert len({mutant.mistake for mutant in ALL}) == len(ALL)


@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
def test_the_gradient_check_kills_every_mutant(planted, method, network):
    model, cell = planted
    errors = gradcheck.check_gradients(*network, model=model, cell=cell, method=method)
    assert max(errors.values()) > 0.05


def test_a_mutant_computes_the_same_loss_so_only_its_gradient_is_wrong(mutant, planted, network):
    model, cell = planted
    right = {"lstm": lstm, "gru": gru}.get(mutant.module, rnn)
    assert model.loss_and_grads(*network, cell=cell)[0] == pytest.approx(
        language_model.loss_and_grads(*network, cell=right)[0], rel=1e-12
    )


UNCHANGED = [mutants.Mutant("none", name, "def backward", "def backward", "") for name in ("rnn", "lstm", "gru")]


@pytest.mark.parametrize("mutant", UNCHANGED, ids=lambda mutant: mutant.module)
def test_without_an_edit_the_check_passes(planted, network):
    model, cell = planted
    assert max(gradcheck.check_gradients(*network, model=model, cell=cell).values()) < 1e-13


@pytest.mark.parametrize("text", ["not in the source", "return"])
@pytest.mark.parametrize("module", ["rnn", "lstm", "gru"])
def test_an_edit_that_does_not_apply_exactly_once_is_refused(module, text):
    with pytest.raises(ValueError, match="expected once"):
        mutants.plant(mutants.Mutant("drifted", module, text, "", ""))


def double(x):
    return x + x


def test_the_edits_by_hand_are_the_mistakes_of_the_vanilla_network():
    assert [edit.name for edit in mutants.EDITS] == [mutant.name for mutant in mutants.MUTANTS]
    assert all(edit.right != edit.wrong for edit in mutants.EDITS)


def test_a_function_is_edited_where_the_text_stands_exactly_once():
    assert mutants.edited(double, "x + x", "x * x")(3) == 9 and double(3) == 6
    with pytest.raises(ValueError, match="stands 0 times in double, expected once"):
        mutants.edited(double, "x - x", "x")
