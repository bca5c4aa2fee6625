"""rnnlib evaluate: a trained network is scored on a text."""

from .. import checkpoint, corpus, language_model, losses, threads
from . import texts
from .mistakes import asked_for
from .terminal import warn


def run(args):
    """Print the loss on the text's first nine tenths, on its last tenth, and on all of it."""
    if args.threads:
        threads.use_threads(args.threads)
    with asked_for():
        model = checkpoint.load_model(args.model)
        text, accents = texts.read(args, model.vocab)
        text, note = texts.known(text, model.vocab, texts.name(args), args)
        if len(text) < 2:
            raise ValueError(f"{texts.name(args)} leaves {len(text)} characters to evaluate, expected at least 2")
    if accents:
        warn(f"{texts.name(args)}: accents {accents}; --no-nfc leaves them as they are")
    if note:
        warn(note)
    ids = model.vocab.encode(text)
    first, last = corpus.split(ids)
    for name, part, before in (("first nine tenths", first, None), ("last tenth", last, first), ("all", ids, None)):
        if len(part) > 1:
            print(f"{name}: {describe(score(model.params, part, cell=model.cell, after=before))}")
    return 0


def score(params, ids, *, cell, after=None, state=None):
    """Return the loss on a text, read after the one that comes before it, in nats per character."""
    return language_model.evaluate(params, ids, cell=cell, after=after, state=state)


def describe(nats):
    """Return a loss in nats, bits and as perplexity."""
    perplexity = losses.perplexity(nats)
    shown = f"{perplexity:.3f}" if perplexity < 1e6 else f"{perplexity:.3g}"
    return f"{nats:.4f} nats, {losses.bits(nats):.4f} bits per character, perplexity {shown}"
