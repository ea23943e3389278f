"""The hub of a team, on a real PostgreSQL server."""
