"""Language models: dialects, clients, chains, routes."""
