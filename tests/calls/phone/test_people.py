"""Who is in a room, and how people get in."""

from urllib.parse import parse_qs, urlparse

from livekit import api

from tests.fakes.livekit_api import participant
from tollfree.calls.phone.people import join_link, our_token, person_to_talk_to, person_token
from tollfree.calls.phone.server import LiveKitServer

SERVER = LiveKitServer(url="ws://127.0.0.1:7880", key="key", secret="a secret of more than thirty-two letters")


def claims(token: str) -> api.VideoGrants:
    verified = api.TokenVerifier(SERVER.key, SERVER.secret).verify(token)
    assert verified.video is not None
    return verified.video


def test_a_person_counts_once_they_can_be_heard() -> None:
    role = {"tollfree.role": "person"}
    muted = participant("muted", **role)
    muted.tracks[0].muted = True
    assert person_to_talk_to([participant("caller"), muted, participant("silent", microphone=False, **role)]) is None
    here = participant("here", **role)
    assert person_to_talk_to([muted, here]) == here


def test_a_persons_token_opens_one_room_for_talking_and_hearing_and_nothing_else() -> None:
    token = person_token(SERVER, "call_1", "Ann")
    video = claims(token)
    assert (video.room, video.room_join, video.can_publish_sources) == ("call_1", True, ["microphone"])
    assert not (video.room_admin or video.room_create or video.room_list or video.hidden or video.can_publish_data)
    verified = api.TokenVerifier(SERVER.key, SERVER.secret).verify(token)
    assert verified.attributes == {"tollfree.role": "person"} and verified.name == "Ann"
    assert verified.identity.startswith("person-") and verified.identity != "person-"


def test_every_person_is_another_participant() -> None:
    identities = {
        api.TokenVerifier(SERVER.key, SERVER.secret).verify(person_token(SERVER, "r", "Ann")).identity for _ in range(5)
    }
    assert len(identities) == 5


def test_our_own_connection_is_an_agents_unless_it_speaks_for_a_person() -> None:
    verify = api.TokenVerifier(SERVER.key, SERVER.secret).verify
    assert verify(our_token(SERVER, "r", "tollfree")).kind == "agent"
    assert verify(our_token(SERVER, "r", "p", as_person=True)).attributes == {"tollfree.role": "person"}


def test_a_join_link_tells_the_page_nothing_that_its_server_would_see() -> None:
    link = urlparse(join_link("https://people.example/join", SERVER, "the.token"))
    assert (link.path, link.query) == ("/join", "")
    assert parse_qs(link.fragment) == {"url": ["ws://127.0.0.1:7880"], "token": ["the.token"]}
