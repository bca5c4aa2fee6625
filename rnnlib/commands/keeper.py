"""The files that a training run is kept in: the last state, and beside it the best."""

import math
import os
import time

import numpy as np

from .. import checkpoint, files, losses
from .mistakes import Mistake, describe
from .terminal import warn

LARGEST = 1e20  # of a weight
HALF = float(np.finfo(np.float16).max)


class Keeper:
    """Saves a run, and never replaces something good by something worse.

    Parameters
    ----------
    args : Namespace
    out : Path
        The checkpoint; the best is kept as NAME.best.npz.

    Raises
    ------
    Mistake, OSError
        If a file would be replaced that the user has not asked to replace, or could not be written.
    """

    def __init__(self, args, out):
        self.out, self.best_file = out, best_beside(out) if args.keep == "best" else None
        self.overwrite, self.saved_at = args.overwrite, time.perf_counter()
        self.best, self.best_step = math.inf, None  # held-out loss in nats per character, and where it was reached
        self.own = args.resume is not None and same_file(out, args.resume)  # carries on with its own files
        for path in (out, self.best_file):
            if path is None or files.find_target(path)[1] is None or self.own:
                continue
            try:
                checkpoint.load_model(path)
            except ValueError:
                raise Mistake(f"{path} exists and is not a checkpoint: choose another name with --out") from None
            if not args.overwrite:
                raise Mistake(
                    f"{path} exists: carry on with it by --resume {path}, replace it by --overwrite, "
                    "or choose another name with --out"
                )

    def begin(self, run, vocab, judge):
        """Take on a run; one that is resumed has its best so far judged again."""
        self.run, self.vocab = run, vocab
        self.saved = run.step if self.own else None  # the step in the file, if it is of this run
        if self.own and self.best_file and self.best_file.exists():
            try:
                best, best_vocab = checkpoint.load_run(self.best_file)
            except ValueError:
                best_vocab = None
            if best_vocab == vocab and best.params["W_hy"].shape == run.params["W_hy"].shape:
                self.best, self.best_step = judge(best), best.step
            elif not self.overwrite:
                raise Mistake(f"{self.best_file} is of another run: --overwrite replaces it, --keep last leaves it")

    def offer(self, held_out_loss):
        """Keep the run as it is now if its held-out loss is the lowest yet."""
        if self.best_file and held_out_loss < self.best and self.finite() and self.write(self.best_file):
            self.best, self.best_step = held_out_loss, self.run.step

    def save(self, loss, *, stopped=False, last=False):
        """Save the run, unless it is worse than guessing.

        Parameters
        ----------
        loss : float
            The training loss, in nats per character.
        stopped, last : bool
            Whether this is the end, before all steps are taken, or after: then what cannot be saved is an error. A run
            that is stopped is saved all the same where there is no file to lose.

        Raises
        ------
        Mistake
            Exit code 1, at the end.
        """
        guess = math.log(len(self.vocab))
        finite = self.finite()
        young = stopped and not self.out.exists()
        if not finite or not (loss <= 1.01 * guess or young):
            if stopped or last:
                number = math.isfinite(loss) and finite
                what = f"{losses.bits(loss):.4g} bits per character" if number else "not a number"
                raise Mistake(
                    f"the run has diverged: its loss is {what}, guessing has {losses.bits(guess):.3g}; not saved, "
                    f"{self.remains()}; try a --learning-rate below {self.run.recipe.learning_rate:g}",
                    code=1,
                )
            return
        self.write(self.out, last=stopped or last)

    def finite(self):
        """Whether all numbers are finite, and the weights small enough to compute with."""
        weights = self.run.params.values()
        return all((abs(array) < LARGEST).all() for array in weights) and all(
            np.isfinite(array).all() for array in arrays(self.run)
        )

    def write(self, path, last=False):
        """Write a checkpoint and return True; if that fails, say so and return False, or at the end raise Mistake."""
        if path is self.out:
            self.saved_at = time.perf_counter()
        try:
            checkpoint.save_run(path, self.run, self.vocab)
        except OSError as error:
            if last:
                raise Mistake(f"{describe(error)}; {self.remains()}", code=1) from None
            warn(f"{describe(error)}; the training goes on, {self.remains()}")
            return False
        if path is self.out:
            self.saved = self.run.step
        return True

    def remains(self):
        """Say what the file holds if it is not replaced."""
        if self.saved is not None:
            return f"{self.out} still holds step {self.saved:,}"
        return f"{self.out} is as it was" if self.out.exists() else f"there is no {self.out}"

    def finish(self, weights_only):
        """Leave what the user wants to keep of a finished run, and say what that is."""
        kept, said = [self.out], str(self.out)
        if self.best_file and self.best_step == self.run.step:
            os.unlink(self.best_file)
            said += ", the best of all reports"
        elif self.best_file and self.best_step is not None:
            kept.append(self.best_file)
            said += f", and {self.best_file}, whose held-out loss was the lowest, at step {self.best_step:,}"
        for path in kept if weights_only else []:
            model = checkpoint.load_model(path)
            if all((abs(array) < HALF).all() for array in model.params.values()):
                checkpoint.save_weights(path, model)
            else:
                warn(f"{path} stays whole: its weights are too large for half precision")
        return said


def arrays(run):
    """Yield every array of a run."""
    yield from run.params.values()
    yield from run.optimizer.memory.values()
    if run.state is not None:
        yield run.state


def best_beside(out):
    """Return where the best is kept: model.best.npz beside model.npz."""
    return out.with_name(f"{out.stem}.best{out.suffix}")


def same_file(a, b):
    """Whether two names stand for one file."""
    return os.path.realpath(a) == os.path.realpath(b)
