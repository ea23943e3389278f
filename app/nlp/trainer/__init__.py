"""Trains pipelines of spaCy on marks. It runs in a process of its own; what goes in and out are plain values."""
