"""The control tower's server: the whole product over HTTP, and the dashboard's files."""
