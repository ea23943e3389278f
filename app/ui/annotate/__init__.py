"""The Annotate workspace: documents, text and reference, the chosen annotation."""
