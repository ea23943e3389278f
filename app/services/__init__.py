"""What a person asks for that is more than one edit: one folder per capability, over the session. No Qt."""
