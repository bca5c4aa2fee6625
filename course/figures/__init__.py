"""The drawings of single notebooks, one module each: what is only matplotlib stays out of the learner's way."""
