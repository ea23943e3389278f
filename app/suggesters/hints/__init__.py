"""Hints: rules that compare a text with its references, and say what doesn't agree. Pure functions of parsed texts."""
