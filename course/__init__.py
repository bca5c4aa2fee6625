"""What the notebooks lean on besides rnnlib: checks, exercises, planted bugs, a task, figures. The map.

checks       the equation ledger, and the verdict on an exercise
exercises    what each exercise accepts, and the mistakes it knows: one module a notebook
mutants      backward passes that are wrong by one edit each
memory_task  recall a symbol after a gap: which cell remembers
texts        what kind of text it is: repeated, sorted, shuffled, seen before; words and sentences of any script
fonts        fonts of this system that can draw a text
plots        curves, matrices, activations, text in colour

This package knows rnnlib; rnnlib does not know it.
"""
