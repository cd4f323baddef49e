"""Calls from a browser, or from anything else that speaks WebRTC: the token that lets a caller in."""

from datetime import timedelta

from livekit import api

from tollfree.calls.phone.server import LiveKitServer

CALL_WITHIN = timedelta(minutes=5)
"""For how long a token lets a caller in; once in, they may stay."""


def caller_token(
    server: LiveKitServer, room: str, identity: str, *, worker: str, metadata: str, lasts: timedelta = CALL_WITHIN
) -> str:
    """A token with which one caller may come into one room, talk, hear, press keys, and nothing else. The room is made
    as they come, and asks for the worker of that name; `metadata` tells it who is called."""
    grants = api.VideoGrants(room_join=True, room=room, can_publish=True, can_publish_sources=["microphone"])
    dispatch = api.RoomAgentDispatch(agent_name=worker, metadata=metadata)
    token = api.AccessToken(server.key, server.secret).with_identity(identity).with_grants(grants)
    return token.with_room_config(api.RoomConfiguration(agents=[dispatch])).with_ttl(lasts).to_jwt()
