"""Stet's own JSONL: everything that a project holds, one document per line."""
