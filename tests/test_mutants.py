"""The gradient check kills every planted bug, and each bug is the library's own source with one edit."""

import pytest

from rnnlib import gradcheck, language_model, mutants


def test_there_are_at_least_sixteen_with_names_and_sentences_of_their_own():
    assert len(mutants.MUTANTS) >= 16
    for field in ("name", "mistake"):
        assert len({getattr(mutant, field) for mutant in mutants.MUTANTS}) == len(mutants.MUTANTS)
    assert {mutant.module for mutant in mutants.MUTANTS} == {"rnn", "language_model", "losses"}


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
def test_the_gradient_check_kills_every_mutant(mutant, method, network):
    model, cell = mutants.plant(mutant)
    errors = gradcheck.check_gradients(*network, model=model, cell=cell, method=method)
    assert max(errors.values()) > 0.05


@pytest.mark.parametrize("mutant", mutants.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_computes_the_same_loss_so_only_its_gradient_is_wrong(mutant, network):
    model, cell = mutants.plant(mutant)
    params, inputs, targets, state = network
    assert model.loss_and_grads(params, inputs, targets, state, cell=cell)[0] == pytest.approx(
        language_model.loss_and_grads(params, inputs, targets, state)[0], rel=1e-12
    )


def test_without_an_edit_the_check_passes(network):
    unchanged = mutants.Mutant("none", "rnn", "def backward", "def backward", "")
    model, cell = mutants.plant(unchanged)
    assert max(gradcheck.check_gradients(*network, model=model, cell=cell).values()) < 1e-13


@pytest.mark.parametrize("text", ["not in the source", "return"])
def test_an_edit_that_does_not_apply_exactly_once_is_refused(text):
    with pytest.raises(ValueError, match="expected once"):
        mutants.plant(mutants.Mutant("drifted", "rnn", text, "", ""))
