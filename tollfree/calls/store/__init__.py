"""The store: projects, flows and their versions, secrets, calls and their logs, on SQLite or PostgreSQL."""
