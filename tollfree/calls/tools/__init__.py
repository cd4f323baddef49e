"""A project's tools: named HTTP requests, sent only where the project's owner allows."""
