"""What those who supervise a call may do in its room."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from livekit import api

from tests.fakes.livekit_api import participant
from tollfree.calls.phone.people import person_to_talk_to
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.supervisors import listen_token, talk_token

SERVER = LiveKitServer(url="ws://127.0.0.1:7880", key="key", secret="a secret of more than thirty-two letters")
VERIFY = api.TokenVerifier(SERVER.key, SERVER.secret).verify


def grants(token: str) -> api.VideoGrants:
    verified = VERIFY(token)
    assert verified.video is not None
    return verified.video


def test_who_listens_in_is_hidden_and_can_say_nothing() -> None:
    video = grants(listen_token(SERVER, "call_1", "Ann"))
    assert (video.room, video.room_join, video.hidden, video.can_subscribe) == ("call_1", True, True, True)
    assert (video.can_publish, video.can_publish_data) == (False, False)


def test_who_takes_a_call_over_is_seen_and_has_a_microphone() -> None:
    video = grants(talk_token(SERVER, "call_1", "Ann"))
    assert (video.room, video.room_join, video.can_publish_sources) == ("call_1", True, ["microphone"])
    assert not video.hidden and not video.can_publish_data


@pytest.mark.parametrize("make", [listen_token, talk_token])
def test_a_supervisor_is_nobodys_caller_and_has_no_more_rights_than_that(make: Callable[..., str]) -> None:
    verified = VERIFY(make(SERVER, "call_1", "Ann" * 100, lasts=timedelta(seconds=30)))
    video = grants(make(SERVER, "call_1", "Ann"))
    assert verified.attributes == {"tollfree.role": "supervisor"} and verified.identity.startswith("supervisor-")
    assert len(verified.name) == 64
    assert not (video.room_admin or video.room_create or video.room_list or video.room_record)
    assert not (video.can_update_own_metadata or video.ingress_admin or video.destination_room)
    assert verified.kind in (None, "") and verified.room_config is None
    assert len({VERIFY(make(SERVER, "r", "Ann")).identity for _ in range(5)}) == 5


def test_a_supervisor_is_not_the_person_a_transfer_waits_for() -> None:
    assert person_to_talk_to([participant("supervisor-1", **{"tollfree.role": "supervisor"})]) is None
