"""Drawings of what has a shape. Each function is one drawing and returns its figure; a notebook needs one line for it.

network    one step, the loop that writes, teacher forcing and free running, truncation
gradients  p - y, copies of a weight that add up, complex step, Jacobians multiplied, the shapes of a framework
gates      the LSTM and the GRU, forwards and backwards

Numbers in a drawing come from the arrays that it is given.
"""

from course.diagrams.gates import gru_cell, lstm_cell
from course.diagrams.gradients import complex_step, jacobian_products, shared_weight, softmax_gradient, weight_shapes
from course.diagrams.network import one_step, teacher_forcing, truncation, writing_loop

__all__ = [
    "complex_step",
    "gru_cell",
    "jacobian_products",
    "lstm_cell",
    "one_step",
    "shared_weight",
    "softmax_gradient",
    "teacher_forcing",
    "truncation",
    "weight_shapes",
    "writing_loop",
]
