"""What is around projects, for those who mustn't know storage: SQLite, locks, and a project file from outside."""

from app.storage.file_facts import ProjectFacts, has_wal_reset_bug, lock_fault, project_facts, sqlite_version

__all__ = ["ProjectFacts", "has_wal_reset_bug", "lock_fault", "project_facts", "sqlite_version"]
