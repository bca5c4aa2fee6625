"""The drawings of single notebooks, one module for each; what several of them draw is in `course.plots`."""
