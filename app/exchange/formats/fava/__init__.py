"""FAVA: passages with tags around their errors."""
