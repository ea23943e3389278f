"""Undo and redo, also across a change of the scheme."""
