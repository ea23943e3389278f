"""The figures of the Insights workspace, as values: who did how much, where they differ, what review changed."""
