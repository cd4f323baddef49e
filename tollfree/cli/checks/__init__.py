"""What `tollfree doctor` looks at: each check a small function, all of them run at once."""
