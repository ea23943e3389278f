"""The formats that come with Stet: one module or folder each, with a `FORMAT` that the registry names."""
