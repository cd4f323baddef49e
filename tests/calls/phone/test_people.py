"""Who is in a room, and how people get in."""

from urllib.parse import parse_qs, urlparse

from livekit import api, rtc

from tests.fakes.livekit_api import participant
from tollfree.calls.lines.livekit.participants import CALLER_KINDS
from tollfree.calls.phone.people import join_link, our_token, person_to_talk_to, person_token, the_caller
from tollfree.calls.phone.server import LiveKitServer

SERVER = LiveKitServer(url="ws://127.0.0.1:7880", key="key", secret="a secret of more than thirty-two letters")
AGENT = api.ParticipantInfo(identity="agent", kind=api.ParticipantInfo.Kind.AGENT)


def claims(token: str) -> api.VideoGrants:
    verified = api.TokenVerifier(SERVER.key, SERVER.secret).verify(token)
    assert verified.video is not None
    return verified.video


def test_the_caller_is_the_first_who_is_neither_ours_nor_one_of_our_people() -> None:
    person = participant("person", joined_at=1, **{"tollfree.role": "person"})
    supervisor = participant("boss", joined_at=2, **{"tollfree.role": "supervisor"})
    caller, second = participant("caller", sip=True, joined_at=3), participant("second", joined_at=4)
    assert the_caller([AGENT, person, second, caller, supervisor]) == caller
    assert the_caller([AGENT, person, supervisor]) is None


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


def test_people_are_told_from_callers_by_the_word_that_media_use() -> None:
    from tollfree.calls.lines.livekit.participants import ROLE as MEDIA_ROLE
    from tollfree.calls.phone.people import ROLE

    assert ROLE == MEDIA_ROLE


def test_who_comes_over_a_connector_is_a_caller_as_in_the_room() -> None:
    kinds = {rtc.ParticipantKind.Name(kind).removeprefix("PARTICIPANT_KIND_") for kind in CALLER_KINDS}
    for kind in api.ParticipantInfo.Kind.values():
        one = api.ParticipantInfo(identity="one", kind=kind)
        assert (the_caller([one]) is not None) == (api.ParticipantInfo.Kind.Name(kind) in kinds)
