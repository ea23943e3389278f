"""The one writer: what the window and the command line do to a project goes through here."""
