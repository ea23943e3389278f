"""The Insights workspace: figures of a project, each drawn, as a table, and with the documents behind it."""
