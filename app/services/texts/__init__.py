"""Editing the text of a document, together with everything that points into it."""
