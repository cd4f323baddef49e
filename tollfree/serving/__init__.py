"""Engine servers: speech engines of this installation behind HTTP and WebSocket, shared by many calls."""
