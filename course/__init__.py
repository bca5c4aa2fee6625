"""What the notebooks lean on besides rnnlib: checks, exercises, planted bugs, a task, figures. The map.

checks       the equation ledger, and the verdict on an exercise
answers      what a learner hands in, made fit to compare
exercises    what each exercise accepts, and the mistakes it knows: one module a notebook
mutants      backward passes that are wrong by one edit each
memory_task  recall a symbol after a gap: which cell remembers
plots        curves, matrices, activations
colour       a text in colour, as text

This package knows rnnlib; rnnlib does not know it.
"""
