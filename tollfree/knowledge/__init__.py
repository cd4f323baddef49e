"""What a project's documents say: taken in by `ingest`, kept in an `index`, found by `retrieve`."""
