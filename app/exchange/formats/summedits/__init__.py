"""SummEdits: summaries that were edited until they contradict their documents."""
