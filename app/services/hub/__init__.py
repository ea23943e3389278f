"""Working with a hub: what a project knows of its hub, and the exchange of work with it."""
