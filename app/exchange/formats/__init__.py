"""The built-in formats: one module or package each."""
