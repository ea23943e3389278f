"""Compares several annotators' work on one document: pure functions over core values."""
