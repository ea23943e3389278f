"""Small building blocks that every room of the window uses."""
