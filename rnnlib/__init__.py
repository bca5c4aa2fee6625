"""Character-level recurrent networks from scratch in numpy. The map, in reading order.

Text:      vocab           text to ids and back, one-hot rows
           corpus          read a text, split it into train and validation
           batches         parallel streams over one text, cut into blocks
           ngram           the counting baseline
Equations: losses          softmax, cross-entropy and its gradient, bits, perplexity
           products        a state times a recurrent matrix, step after step, fast
           rnn             the vanilla cell: init_params, step, forward, backward
           lstm, gru       the same functions, for cells with gates
           language_model  a cell, the output layer and the loss: loss_and_grads, evaluate
           gradcheck       numeric gradients, by complex step and by central differences
Learning:  optim           SGD, Adagrad, RMSprop, Adam; gradient clipping
           training        the training loop, the classic and the modern recipe
           files           write a file whole, or not at all
           checkpoint      save, load and resume, exactly
           sweep           several runs side by side, on all cores or on many machines
Use:       sampling        temperature, top-k, top-p; generate text
           arithmetic_coding  a text as a file of as many bits as its cross-entropy, and back
           export          weights for PyTorch, in a safetensors file
           commands, __main__  at the terminal: rnnlib train | sample | evaluate | plot
And:       expect          what the functions above say to ids, sizes and numbers that they cannot take
           threads         one BLAS thread, unless you ask for more

Import what you need, as in `from rnnlib import rnn`; nothing but `threads` is loaded before you ask for it.
"""

import sys

try:
    from . import threads  # noqa: F401  sets them
except KeyboardInterrupt as stop:  # while numpy loads; at the command line it ends as quietly as later
    raise (SystemExit(130) if sys.argv[0] == "-m" or sys.argv[0].endswith(("rnnlib", "rnnlib.exe")) else stop) from None

__version__ = "0.2.0"
