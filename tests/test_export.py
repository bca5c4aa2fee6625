"""Weights go to PyTorch's layout, into a safetensors file and back; what has no counterpart here is refused."""

import json
import os

import numpy as np
import pytest

from rnnlib import checkpoint, export, gru, language_model, losses, lstm, rnn
from rnnlib.vocab import Vocab

VOCAB = Vocab("abé\n☃")


@pytest.fixture
def model(cell, network):
    return checkpoint.Model(network.params, VOCAB, cell)


@pytest.fixture
def tensors(network):
    return export.to_torch_names(network.params)


def assert_same(params, expected):
    assert params.keys() == expected.keys()
    for name in expected:
        assert params[name].dtype == expected[name].dtype
        np.testing.assert_array_equal(params[name], expected[name])


def test_names_and_shapes_are_pytorchs(network, cell, tensors):
    V, H, g = 5, 4, {rnn: 1, gru: 3, lstm: 4}[cell]
    assert {name: array.shape for name, array in tensors.items()} == {
        "rnn.weight_ih_l0": (g * H, V),
        "rnn.weight_hh_l0": (g * H, H),
        "rnn.bias_ih_l0": (g * H,),
        "rnn.bias_hh_l0": (g * H,),
        "output.weight": (V, H),
        "output.bias": (V,),
    }
    assert not tensors["rnn.bias_hh_l0"].any()
    for array in tensors.values():
        assert array.flags.c_contiguous
        assert not any(np.shares_memory(array, ours) for ours in network.params.values())


def test_there_and_back_gives_the_same_parameters_and_cell(network, cell, tensors):
    params, found = export.from_torch_names(tensors)
    assert found is cell
    assert_same(params, network.params)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_file_holds_the_whole_model(tmp_path, model, dtype):
    model = model._replace(params={name: array.astype(dtype) for name, array in model.params.items()})
    path = tmp_path / "net.safetensors"
    path.write_text("an older file", encoding="utf-8")
    export.save_safetensors(path, model)
    loaded = export.load_safetensors(path)
    assert (loaded.vocab, loaded.cell) == (model.vocab, model.cell)
    assert_same(loaded.params, model.params)
    assert [file.name for file in tmp_path.iterdir()] == ["net.safetensors"]


def test_a_file_says_which_cell_and_which_characters(tmp_path, model, cell):
    path = tmp_path / "net.safetensors"
    export.save_safetensors(path, model)
    raw = path.read_bytes()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    name = next(name for name, module in checkpoint.CELLS.items() if module is cell)
    metadata = header["__metadata__"]
    assert len(metadata.pop("sha256")) == 64 and metadata == {"cell": name, "chars": VOCAB.chars}
    assert header.keys() - {"__metadata__"} == export.to_torch_names(model.params).keys()


def test_half_precision_is_read_as_single(tmp_path, tensors):
    from safetensors.numpy import save_file

    save_file({name: array.astype(np.float16) for name, array in tensors.items()}, tmp_path / "half")
    params = export.load_safetensors(tmp_path / "half", VOCAB).params
    assert {array.dtype for array in params.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(params["W_hy"], tensors["output.weight"].T.astype(np.float16))


def test_other_prefixes_do_not_matter(network, tensors):
    renamed = {name.replace("rnn.", "encoder.lstm.").replace("output.", ""): tensors[name] for name in tensors}
    assert_same(export.from_torch_names(renamed)[0], network.params)


def test_the_second_bias_is_folded_into_the_first(network, cell, tensors, rng):
    second = rng.standard_normal(tensors["rnn.bias_hh_l0"].shape)
    if cell is gru:
        second[8:] = 0
    params, _ = export.from_torch_names(tensors | {"rnn.bias_hh_l0": second})
    np.testing.assert_allclose(params["b_h"], network.params["b_h"] + second, rtol=1e-14)


def test_a_gru_with_a_bias_that_the_reset_gate_multiplies_is_refused():
    params = language_model.init_params(5, 4, cell=gru, rng=np.random.default_rng(0))
    tensors = export.to_torch_names(params)
    tensors["rnn.bias_hh_l0"][-1] = 1e-9
    with pytest.raises(ValueError, match="last third of a GRU's bias_hh_l0 is not zero"):
        export.from_torch_names(tensors)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("rnn.weight_hh_l0"), r"tensors \['weight_hh_l0'\] are missing"),
        (lambda t: t.pop("output.bias"), r"tensors \['bias'\] are missing"),
        (lambda t: t.clear(), "are missing"),
        (lambda t: t.update({"rnn.weight_ih_l1": np.ones((4, 4))}), "did not expect a tensor rnn.weight_ih_l1"),
        (lambda t: t.update({"rnn.weight_ih_l0_reverse": np.ones((4, 5))}), "did not expect .* rnn.weight_ih_l0_rev"),
        (lambda t: t.update({"embedding.weight": np.ones((5, 5))}), "did not expect a tensor embedding.weight"),
        (lambda t: t.update({"rnn.weight_hh_l0": np.ones((8, 4))}), r"weight_hh_l0 of shape \(8, 4\)"),
        (lambda t: t.update({"rnn.weight_hh_l0": np.ones(3)}), r"weight_hh_l0 of shape \(3,\)"),
        (lambda t: t.update({"rnn.weight_ih_l0": t["rnn.weight_ih_l0"].T}), r"weight_ih_l0 of shape \(5, "),
        (lambda t: t.update({"rnn.bias_ih_l0": np.ones(3)}), r"bias_ih_l0 of shape \(3,\)"),
        (lambda t: t.update({"output.bias": np.ones(4)}), r"bias of shape \(4,\), expected \(5,\)"),
        (lambda t: t.update({"output.weight": np.ones(5)}), r"weight of shape \(5,\), expected \(V, H\)"),
        (lambda t: t.update({"output.weight": np.ones((5, 0))}), r"weight of shape \(5, 0\), expected \(V, H\)"),
        (lambda t: t["output.bias"].fill(np.nan), "output.bias holds a number that is not finite"),
    ],
)
def test_what_is_not_such_a_network_is_refused(tensors, change, message):
    change(tensors)
    with pytest.raises(ValueError, match=message):
        export.from_torch_names(tensors)


def test_a_file_that_cannot_be_read_is_named(tmp_path, tensors):
    from safetensors.numpy import save_file

    with pytest.raises(FileNotFoundError, match="no file .*gone"):
        export.load_safetensors(tmp_path / "gone")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        export.load_safetensors(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(IsADirectoryError, match="a pipe, expected a safetensors file"):
            export.load_safetensors(tmp_path / "pipe")
    whole = tmp_path / "whole"
    save_file(tensors, whole)
    for name, raw in {"empty": b"", "text": b"hello, hello, hello", "cut": whole.read_bytes()[:-1]}.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(ValueError, match=f"{name} is not a safetensors file"):
            export.load_safetensors(tmp_path / name)
    with pytest.raises(ValueError, match="whole: no vocabulary in it"):
        export.load_safetensors(whole)
    with pytest.raises(ValueError, match="whole: a vocabulary of 2 characters, weights for 5"):
        export.load_safetensors(whole, Vocab("ab"))
    save_file({}, tmp_path / "nothing")
    with pytest.raises(ValueError, match="nothing: tensors .* are missing"):
        export.load_safetensors(tmp_path / "nothing", VOCAB)


def test_every_flipped_bit_of_our_own_file_is_noticed(tmp_path, model):
    """A safetensors file has no checksum of its own; ours brings one."""
    path = tmp_path / "net.safetensors"
    export.save_safetensors(path, model)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    start = 8 + int.from_bytes(whole[:8], "little")  # of the numbers
    for place in [*rng.integers(start, len(whole), size=100), *rng.integers(0, start, size=100)]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            loaded = export.load_safetensors(path)
        except ValueError as error:
            assert str(path) in str(error)
        else:  # the key "sha256" itself, or a space: nothing that is read has changed
            assert place < start and loaded.vocab == VOCAB and loaded.cell is model.cell
            assert_same(loaded.params, model.params)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ValueError, match="is damaged: its hash is not the one that it states"):
        export.load_safetensors(path)


def test_characters_or_cell_that_do_not_belong_to_the_weights_are_noticed(tmp_path, model):
    path = tmp_path / "net.safetensors"
    export.save_safetensors(path, model)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"ab', b'"ba'))
    with pytest.raises(ValueError, match="its hash is not"):
        export.load_safetensors(path)


def test_a_file_without_a_hash_is_read_all_the_same(tmp_path, model, tensors):
    from safetensors.numpy import save_file

    save_file(tensors, tmp_path / "older", {"cell": checkpoint.cell_name(model.cell), "chars": VOCAB.chars})
    assert_same(export.load_safetensors(tmp_path / "older").params, model.params)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_parameters_that_cannot_be_computed_with_are_neither_saved_nor_read(tmp_path, model, tensors, value):
    model.params["W_hh"][0, 0] = value
    with pytest.raises(ValueError, match="weight_hh_l0 holds a number that is not finite, or is beyond"):
        export.save_safetensors(tmp_path / "net.safetensors", model)
    assert not [*tmp_path.iterdir()]
    tensors["rnn.weight_ih_l0"][0, 0] = value
    with pytest.raises(ValueError, match="weight_ih_l0 holds a number that is not finite, or is beyond"):
        export.from_torch_names(tensors)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.bool_, np.complex64])
def test_tensors_of_another_type_are_refused(tmp_path, tensors, dtype):
    from safetensors.numpy import save_file

    wrong = tensors | {"output.bias": np.ones(5, dtype)}
    with pytest.raises(ValueError, match=f"output.bias is of type {np.dtype(dtype)}, expected float16, float32"):
        export.from_torch_names(wrong)
    if dtype is np.complex64:  # which safetensors 0.4 cannot write: C64 below
        return
    save_file(wrong, tmp_path / "wrong")
    with pytest.raises(ValueError, match="wrong.*expected float16, float32 or float64"):
        export.load_safetensors(tmp_path / "wrong", VOCAB)


@pytest.mark.parametrize(
    ("kind", "size"), [("F8_E4M3", 1), ("F8_E5M2", 1), ("BF16", 2), ("I8", 1), ("C64", 8), ("F99", 4)]
)
def test_a_number_type_of_a_file_that_is_none_of_ours_is_refused(tmp_path, tensors, kind, size):
    from safetensors.numpy import save_file

    path = tmp_path / "other"
    save_file(tensors | {"output.bias": np.zeros(5 * size, np.uint8)}, path)
    whole = path.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    names = json.loads(whole[8 : 8 + length])
    names["output.bias"] |= {"dtype": kind, "shape": [5]}
    changed = json.dumps(names).encode()
    path.write_bytes(len(changed).to_bytes(8, "little") + changed + whole[8 + length :])
    with pytest.raises(ValueError, match="other"):
        export.load_safetensors(path, VOCAB)


def test_saving_and_reading_change_nothing_that_they_are_given(tmp_path, model, tensors):
    before = {name: array.copy() for name, array in model.params.items()}
    named = {name: array.copy() for name, array in tensors.items()}
    export.save_safetensors(tmp_path / "net", model)
    params, _ = export.from_torch_names(tensors)
    for array in params.values():
        array += 1
    assert_same(model.params, before)
    assert_same(tensors, named)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def network_in_torch(torch, cell, V, H):
    """Build the modules that the names of `to_torch_names` are those of."""
    module = torch.nn.Module()
    module.rnn = {rnn: torch.nn.RNN, gru: torch.nn.GRU, lstm: torch.nn.LSTM}[cell](V, H)
    module.output = torch.nn.Linear(H, V)
    return module.double()


def test_pytorch_has_the_same_loss_and_gradients(torch, network, cell, tensors):
    V, H = 5, 4
    module = network_in_torch(torch, cell, V, H)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})
    state = torch.from_numpy(network.state)
    x = torch.nn.functional.one_hot(torch.from_numpy(network.inputs), V).double()
    states, _ = module.rnn(x, (state[0][None], state[1][None]) if cell is lstm else state[None])
    targets = torch.from_numpy(network.targets).reshape(-1)
    torch_loss = torch.nn.functional.cross_entropy(module.output(states).reshape(-1, V), targets)
    torch_loss.backward()

    loss, grads, _ = language_model.loss_and_grads(
        network.params, network.inputs, network.targets, network.state, cell=cell
    )
    assert abs(torch_loss.item() - loss) < 1e-12
    expected = export.to_torch_names(grads)
    for name, parameter in module.named_parameters():
        if name != "rnn.bias_hh_l0":
            np.testing.assert_allclose(parameter.grad.numpy(), expected[name], rtol=1e-10, atol=1e-12)


def test_a_network_of_pytorchs_own_is_read(torch, tmp_path, network, cell):
    from safetensors.torch import save_file

    torch.manual_seed(0)
    module = network_in_torch(torch, cell, 5, 4)
    if cell is gru:
        with torch.no_grad():
            module.rnn.bias_hh_l0[8:] = 0
    save_file(module.state_dict(), tmp_path / "theirs")
    params, _, found = export.load_safetensors(tmp_path / "theirs", VOCAB)
    assert found is cell
    x = torch.nn.functional.one_hot(torch.from_numpy(network.inputs), 5).double()
    theirs = module.output(module.rnn(x)[0]).detach().numpy()
    logits, _ = language_model.forward(params, network.inputs, cell=cell)
    np.testing.assert_allclose(losses.log_softmax(logits), losses.log_softmax(theirs), rtol=1e-10, atol=1e-12)
