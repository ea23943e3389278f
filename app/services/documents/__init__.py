"""The documents of a project as one manages them: which of them meet conditions, what is open in them, and views."""
