"""Calls through LiveKit rooms: over WebRTC, and over SIP by a livekit-sip service beside the server."""

from tollfree.calls.lines.livekit.garbage import freeze_heap
from tollfree.calls.lines.livekit.media import LiveKitMedia
from tollfree.calls.lines.livekit.participants import RoomCaller
from tollfree.calls.lines.livekit.visitor import Visitor

__all__ = ["LiveKitMedia", "RoomCaller", "Visitor", "freeze_heap"]
