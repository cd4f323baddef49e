"""The people who may take a call over: how they are told from callers in its room, and how they get in."""

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
from livekit import api

from tollfree.calls.phone.server import LiveKitServer

ROLE = "tollfree.role"
"""The attribute by which a participant is told from a caller: `supervisor` listens in, `person` takes a call over."""
PERSON = "person"
SUMMARY_TOPIC = "tollfree.summary"
"""The data topic on which a person who has joined is sent what they should know, as JSON."""
JOIN_WITHIN = timedelta(minutes=5)
"""For how long a token lets a person into a room; once in, they may stay."""


def person_to_talk_to(participants: Iterable[api.ParticipantInfo]) -> api.ParticipantInfo | None:
    """A person who has joined and can be heard: with a microphone that is published and not muted."""
    return next((one for one in participants if one.attributes.get(ROLE) == PERSON and _heard(one)), None)


async def in_room(opened: api.LiveKitAPI, room: str) -> Sequence[api.ParticipantInfo] | None:
    """Who is in a room; None while the server cannot say: people go on talking, and waiting, all the same."""
    try:
        return (await opened.room.list_participants(api.ListParticipantsRequest(room=room))).participants
    except (api.ServerError, aiohttp.ClientError, TimeoutError):
        return None


def by_telephone(participant: api.ParticipantInfo) -> bool:
    """Whether a participant is on a telephone."""
    return participant.kind == api.ParticipantInfo.Kind.SIP


def person_token(server: LiveKitServer, room: str, name: str, *, lasts: timedelta = JOIN_WITHIN) -> str:
    """A token with which one person may join one room, talk and hear, and nothing else."""
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=True, can_publish_sources=["microphone"], can_publish_data=False
    )
    token = api.AccessToken(server.key, server.secret).with_identity(f"{PERSON}-{secrets.token_hex(6)}")
    return token.with_name(name).with_attributes({ROLE: PERSON}).with_grants(grants).with_ttl(lasts).to_jwt()


def our_token(server: LiveKitServer, room: str, identity: str, *, as_person: bool = False) -> str:
    """A token for a connection of our own: unseen as a caller, and heard by everybody in the room."""
    token = api.AccessToken(server.key, server.secret).with_identity(identity)
    token = token.with_attributes({ROLE: PERSON}) if as_person else token.with_kind("agent")
    return token.with_grants(api.VideoGrants(room_join=True, room=room)).with_ttl(JOIN_WITHIN).to_jwt()


def join_link(page: str, server: LiveKitServer, token: str) -> str:
    """The link by which a browser joins: all behind the `#`, which browsers keep to themselves."""
    return f"{page}#{urlencode({'url': server.url, 'token': token})}"


def summary_data(*, caller: str, summary: str) -> bytes:
    """What a person is sent once they have joined."""
    return json.dumps({"type": "summary", "caller": caller, "summary": summary}, ensure_ascii=False).encode()


def _heard(participant: api.ParticipantInfo) -> bool:
    return any(track.type == api.TrackType.AUDIO and not track.muted for track in participant.tracks)
