"""What the notebooks lean on besides rnnlib: checks, exercises, planted bugs, a task, figures. The map.

checks       the equation ledger, and the verdict on an exercise
answers      what a learner hands in, made comparable
exercises    what each exercise accepts, and the mistakes it knows: one module a notebook
mutants      backward passes that are wrong by one edit each
memory_task  recall a symbol after a gap: which cell remembers
tour         what there is to find in a play: the first pages
networks     a trained network to look at, whatever the hidden size
features     what a hidden unit could follow: labels for each character of a text
style        how figures look: the palette, the card that they are drawn on
plots        curves, matrices, activations
diagrams     drawings of what has a shape: cells, unrolled networks, where gradients go
figures      what a single notebook draws: one module a notebook
colour       a text in colour, as text
explorers    pictures with sliders, one module a notebook
nulls        what chance finds, and how far a mean may be off
controls     how well a network's states tell a feature, beside what untrained networks, one character and chance tell
timing       how long a call takes, and how much faster another one is
compressors  how small Python's own compressors make a text
texts        what kind of text it is: repeated, sorted, shuffled, seen before; words and sentences of any script
fonts        fonts of this system that can draw a text

This package knows rnnlib; rnnlib does not know it.
"""
