"""Language: pipelines and what they find."""
