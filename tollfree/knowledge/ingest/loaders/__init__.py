"""One file a kind of document: each yields its blocks as they are read."""
