"""Telephone calls by SIP, through LiveKit's own API: numbers that ring here, and people who are dialled."""
