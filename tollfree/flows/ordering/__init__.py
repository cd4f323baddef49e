"""Orders: reading them out of speech, holding them in a cart, and saying them back. Pure."""
