"""Lists of entities that fields link to."""
