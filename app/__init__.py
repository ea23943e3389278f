"""Stet: a desktop workbench for marking entities, claims and errors in text."""

__version__ = "0.1.0"
