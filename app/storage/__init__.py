"""The project file: one SQLite database. Nobody but this room speaks SQL."""
