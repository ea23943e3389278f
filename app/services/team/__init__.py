"""Assigned work, bundles, and merging work that comes back."""
