"""What a log says of rooms, whose names may hold telephone numbers."""

import logging

from tollfree.worker.log_lines import LogLines, marked

ROOM = "call-_+12125550177_xyz"


def line(logger: str, **fields: object) -> str:
    record = logging.makeLogRecord({"name": logger, "msg": "received job request", "levelname": "INFO", **fields})
    return LogLines().format(record)


def test_a_room_has_the_same_mark_every_time_and_not_its_name():
    assert marked(ROOM) == marked(ROOM) != marked(ROOM + "z")
    assert "2125550177" not in marked(ROOM)


def test_rooms_that_livekit_names_are_marked():
    told = line("livekit.agents", room=ROOM, job={"room": ROOM}, job_request=ROOM, job_id="AJ_1")
    assert "2125550177" not in told
    assert f"room={marked(ROOM)}" in told and "job_id=AJ_1" in told


def test_the_room_that_livekit_adds_to_our_own_records_is_marked_too():
    assert line("tollfree.worker.job", room=ROOM).endswith(f"room={marked(ROOM)}")


def test_numbers_in_livekits_own_words_are_hidden():
    record = {"name": "livekit", "msg": f'Disconnected from room "{ROOM}"', "levelname": "INFO"}
    assert 'room "call-_•••_xyz"' in LogLines().format(logging.makeLogRecord(record))


def test_fields_of_our_own_are_shown_as_they_are():
    assert line("tollfree.worker.job", room=marked(ROOM), code="no_room").endswith(f"room={marked(ROOM)} code=no_room")
