"""The parts of the window. Panels don't know each other; the workspace connects them."""
