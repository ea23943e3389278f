"""The single writer: every change that the window or the command line makes to a project goes through here."""
