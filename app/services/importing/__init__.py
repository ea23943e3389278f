"""Importing documents and annotations: all of a source or nothing, as one undoable step."""
