"""The window around the workspaces: what it opens, what it remembers, what it says."""
