"""The formats that Stet brings: one module or folder each."""
