"""Language processing: the only package that uses spaCy, imported inside functions and only when needed."""
