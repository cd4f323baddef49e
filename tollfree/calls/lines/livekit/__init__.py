"""Calls through LiveKit rooms: over WebRTC, and over SIP by a livekit-sip service beside the server."""

from tollfree.calls.lines.livekit.media import LiveKitMedia
from tollfree.calls.lines.livekit.participants import RoomCaller

__all__ = ["LiveKitMedia", "RoomCaller"]
