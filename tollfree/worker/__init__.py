"""Takes calls from LiveKit, a process each. The only room that knows `livekit.agents`."""
