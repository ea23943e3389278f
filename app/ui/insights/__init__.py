"""The Insights workspace: a project's figures, each as drawing and table, with the underlying documents."""
