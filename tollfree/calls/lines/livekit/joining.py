"""Connections to rooms that no job brought us into: a transfer's."""

from functools import partial

from livekit import rtc

from tollfree.calls.lines.livekit.media import LiveKitMedia


def connection(url: str, token: str) -> LiveKitMedia:
    """A connection that is made when it is started. Who is first in the room is the one who is heard."""
    room = rtc.Room()
    return LiveKitMedia(room, partial(room.connect, url, token, rtc.RoomOptions(auto_subscribe=False)))
