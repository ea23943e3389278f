"""The hub of a team that works live: a schema in a PostgreSQL server. psycopg is imported here only, and late."""
