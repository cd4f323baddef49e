"""Calls as they go on, for everybody who watches: one look at the store at a time, however many they are."""
