"""How the people who supervise a call get into its room: to hear, or to talk to the caller themselves."""

import secrets
from datetime import timedelta

from livekit import api

from tollfree.calls.phone.people import JOIN_WITHIN, ROLE
from tollfree.calls.phone.server import LiveKitServer

SUPERVISOR = "supervisor"
"""Their role, by which they are never taken for the caller, and what their identities begin with."""
SHOWN = 64
"""Characters of a name that others in the room are shown."""


def listen_token(server: LiveKitServer, room: str, name: str, *, lasts: timedelta = JOIN_WITHIN) -> str:
    """A token with which one person may hear one room, unseen and unheard, and nothing else."""
    grants = api.VideoGrants(
        room_join=True, room=room, hidden=True, can_subscribe=True, can_publish=False, can_publish_data=False
    )
    return _token(server, name, grants, lasts)


def talk_token(server: LiveKitServer, room: str, name: str, *, lasts: timedelta = JOIN_WITHIN) -> str:
    """A token with which one person may hear one room and talk to the caller, and nothing else. That the agent falls
    silent meanwhile is asked of the call (`take_over`), not of the room."""
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=True, can_publish_sources=["microphone"], can_publish_data=False
    )
    return _token(server, name, grants, lasts)


def _token(server: LiveKitServer, name: str, grants: api.VideoGrants, lasts: timedelta) -> str:
    token = api.AccessToken(server.key, server.secret).with_identity(f"{SUPERVISOR}-{secrets.token_hex(6)}")
    return (
        token.with_name(name[:SHOWN]).with_attributes({ROLE: SUPERVISOR}).with_grants(grants).with_ttl(lasts).to_jwt()
    )
