"""What the API's requests and answers hold, where a noun has many."""
