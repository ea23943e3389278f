"""Offering suggestions to annotators, and their judgements."""
