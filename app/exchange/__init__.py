"""File formats: one module each, behind one protocol. Nothing here opens a project."""
