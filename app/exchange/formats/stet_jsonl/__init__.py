"""Stet's own JSONL: the complete contents of a project, one document per line."""
