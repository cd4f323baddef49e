"""How servers of the OpenAI protocol are told of schemas, thinking, priorities and caches: a file each."""
