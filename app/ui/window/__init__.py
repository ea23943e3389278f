"""The main window around the workspaces: opening projects, window state and messages."""
