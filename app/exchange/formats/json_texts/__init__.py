"""JSON of texts, whatever its keys are."""
