"""Dialogs. They are opened without a nested event loop, and emit their answer as a signal."""
