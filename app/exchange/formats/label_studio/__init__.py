"""Label Studio's JSON: tasks with their annotations and predictions, and its label configuration."""
