"""Language models on the owner's servers: routes to them, what they are asked, what may be said of their answers."""
