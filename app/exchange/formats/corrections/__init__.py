"""Formats for training language models: texts with errors, and what they are corrected to."""
