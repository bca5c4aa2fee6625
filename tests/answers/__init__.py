"""Answers to the exercises, one module a notebook: WRONG ones that no known mistake leads to, and RIGHT ones that are
not the solution, by the exercise's number.
"""
