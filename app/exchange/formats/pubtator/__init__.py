"""PubTator's text format: title and abstract, and a line for each mention."""
