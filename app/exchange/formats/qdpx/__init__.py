"""Projects of programs for qualitative analysis: REFI-QDA's exchange format (QDPX); https://www.qdasoftware.org."""
