"""What `safetensors.numpy` has, of which rnnlib calls `save` and notebook 14 `save_file`."""

from . import serialize


def save(tensors, metadata=None):
    """Return a file's bytes."""
    return serialize(tensors, metadata)


def save_file(tensors, path, metadata=None):
    """Write a file."""
    with open(path, "wb") as file:
        file.write(serialize(tensors, metadata))
