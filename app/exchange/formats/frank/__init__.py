"""FRANK: summaries by models, with errors that three annotators found in their sentences."""
