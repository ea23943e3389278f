"""spaCy's DocBin (`.spacy`), which `spacy train` reads; https://spacy.io/api/data-formats#binary-training."""
