"""Figures that one notebook alone draws: a module for each, so that its cells show the argument and not the drawing."""
