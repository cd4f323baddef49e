"""Texts over a WebSocket: clause by clause, each with its words and its sound."""

import asyncio

import pytest

from tests.serving.tts.conftest import Open, until

TEXT = "Thanks for calling. How can I help you?"
FIRST, SECOND = "Thanks for calling.", "How can I help you?"


async def test_the_server_says_what_its_sound_is(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        assert talker.greeting == {
            "type": "hello",
            "protocol": 1,
            "rate": 24_000,
            "format": "s16le",
            "voice": "kokoro:hum",
        }


async def test_a_text_comes_clause_by_clause_with_words_and_sound(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", TEXT)
        assert await talker.end("1") == {"type": "done", "id": "1", "cancelled": False}
        first, second = talker.clauses["1"]
        assert (first["text"], second["text"]) == (FIRST, SECOND)
        assert (first["index"], second["index"]) == (0, 1)
        assert first["words"][-1][0] == len(FIRST) and len(first["words"]) == 3
        assert [len(sound) for sound in talker.sound["1"]] == [first["samples"], second["samples"]]
        assert not first["cached"] and first["model"] == "hum-1"


async def test_many_requests_of_many_clients_are_answered_each_with_its_own(opened: Open) -> None:
    async with opened(at_once=3) as hall, hall.talker() as one, hall.talker() as other:
        for number in range(20):
            await one.speak(str(number), f"This is line {number}.")
            await other.speak(str(number), f"And this is another line {number}.")
        for number in range(20):
            assert (await one.end(str(number)))["type"] == (await other.end(str(number)))["type"] == "done"
            assert [clause["text"] for clause in one.clauses[str(number)]] == [f"This is line {number}."]
            assert [clause["text"] for clause in other.clauses[str(number)]] == [f"And this is another line {number}."]


async def test_the_same_clause_for_many_at_once_is_rendered_once(opened: Open) -> None:
    async with opened() as hall, hall.talker() as one, hall.talker() as other:
        hall.voice.gate.clear()
        for number in range(8):
            await one.speak(str(number), FIRST)
            await other.speak(str(number), FIRST)
        await until(lambda: hall.voice.asked == [FIRST])
        await until(lambda: hall.server.admission.inside == 16)
        hall.voice.gate.set()
        for number in range(8):
            assert (await one.end(str(number)))["type"] == (await other.end(str(number)))["type"] == "done"
        assert hall.voice.asked == [FIRST]


async def test_a_cancelled_request_gives_its_work_up_and_its_id_is_free_again(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        hall.voice.gate.clear()
        await talker.speak("1", FIRST)
        await talker.speak("2", SECOND)
        await until(lambda: hall.voice.asked == [FIRST] and hall.server.desk.waiting == 1)
        await talker.send(type="cancel", id="2")
        assert (await talker.end("2"))["cancelled"]
        await talker.send(type="cancel", id="1")
        assert (await talker.end("1"))["cancelled"]
        assert hall.voice.given_up == [FIRST] and hall.voice.asked == [FIRST]
        hall.voice.gate.set()
        talker.ended.clear()
        await talker.speak("1", "Still here.")
        assert await talker.end("1") == {"type": "done", "id": "1", "cancelled": False}


async def test_what_another_wants_goes_on_when_one_cancels(opened: Open) -> None:
    async with opened() as hall, hall.talker() as one, hall.talker() as other:
        hall.voice.gate.clear()
        await one.speak("1", FIRST)
        await other.speak("1", FIRST)
        await until(lambda: hall.server.admission.inside == 2)
        await one.send(type="cancel", id="1")
        assert (await one.end("1"))["cancelled"]
        hall.voice.gate.set()
        assert not (await other.end("1"))["cancelled"]
        assert hall.voice.given_up == [] and hall.voice.asked == [FIRST]


async def test_a_client_that_is_gone_in_the_middle_leaves_no_work_behind(opened: Open) -> None:
    async with opened() as hall:
        async with hall.talker() as talker:
            hall.voice.gate.clear()
            await talker.speak("1", FIRST)
            await talker.speak("2", SECOND)
            await until(lambda: hall.voice.asked == [FIRST])
            talker.socket.transport.abort()
        await until(lambda: hall.server.admission.inside == 0)
        assert hall.voice.given_up == [FIRST] and hall.server.desk.waiting == 0
        hall.voice.gate.set()
        async with hall.talker() as another:
            await another.speak("1", SECOND)
            assert (await another.end("1"))["type"] == "done"


async def test_what_is_too_late_is_told_and_dropped(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        hall.voice.gate.clear()
        await talker.speak("1", FIRST, deadline_ms=30)
        failed = await talker.end("1")
        assert failed["code"] == "too_late" and failed["retryable"]
        assert hall.voice.given_up == [FIRST]


async def test_first_clauses_go_before_later_ones_then_plans_then_fixed_lines(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        hall.voice.gate.clear()
        await talker.speak("0", "What runs is not interrupted.", whole=True)
        await until(lambda: len(hall.voice.asked) == 1)
        for urgency in ("publish", "ahead", "next", "first"):
            await talker.speak(urgency, f"This is {urgency}.", urgency=urgency)
        await until(lambda: hall.server.desk.waiting == 4)
        hall.voice.gate.set()
        for urgency in ("publish", "ahead", "next", "first"):
            await talker.end(urgency)
        assert hall.voice.asked[1:] == ["This is first.", "This is next.", "This is ahead.", "This is publish."]


async def test_what_was_prepared_goes_first_once_somebody_waits_for_it(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker, hall.talker() as other:
        hall.voice.gate.clear()
        await talker.speak("0", "What runs is not interrupted.", whole=True)
        await until(lambda: len(hall.voice.asked) == 1)
        for line in ("One.", "Two.", "Three."):
            await talker.speak(line, line, urgency="ahead")
        await until(lambda: hall.server.desk.waiting == 3)
        await talker.send(type="hurry", id="Two.", urgency="first")
        await other.speak("1", "Three.", urgency="next")  # wants what is prepared already
        await until(lambda: hall.server.admission.inside == 5)
        hall.voice.gate.set()
        for line in ("One.", "Two.", "Three."):
            await talker.end(line)
        assert hall.voice.asked[1:] == ["Two.", "Three.", "One."]


async def test_a_call_that_asks_for_much_does_not_hold_up_another(opened: Open) -> None:
    async with opened() as hall, hall.talker() as greedy, hall.talker() as modest:
        hall.voice.gate.clear()
        for number in range(10):
            await greedy.speak(str(number), f"Greedy line {number}.")
        await until(lambda: hall.server.desk.waiting == 9)
        for number in range(2):
            await modest.speak(str(number), f"Modest line {number}.")
        await until(lambda: hall.server.desk.waiting == 11)
        hall.voice.gate.set()
        for number in range(10):
            await greedy.end(str(number))
        places = [hall.voice.asked.index(f"Modest line {number}.") for number in range(2)]
        assert places[0] <= 2 and places[1] <= 4


async def test_a_full_queue_turns_the_least_urgent_away(opened: Open) -> None:
    async with opened(queue_limit=2) as hall, hall.talker() as talker:
        hall.voice.gate.clear()
        await talker.speak("runs", "This one runs.")
        await until(lambda: len(hall.voice.asked) == 1)
        await talker.speak("plan", "This may be said.", urgency="ahead")
        await talker.speak("line", "This is a fixed line.", urgency="publish")
        await until(lambda: hall.server.desk.waiting == 2)
        await talker.speak("first", "Somebody waits for this.")
        refused = await talker.end("line")
        assert refused["code"] == "overloaded" and refused["retryable"]
        hall.voice.gate.set()
        assert [(await talker.end(id))["type"] for id in ("runs", "plan", "first")] == ["done"] * 3


@pytest.mark.parametrize("voice", ["kokoro:nobody", "espeak:en", "../x", "kokoro:hum+nobody"])
async def test_an_unknown_voice_is_refused_with_those_there_are(opened: Open, voice: str) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", FIRST, voice=voice)
        failed = await talker.end("1")
        assert failed["code"] == "unknown_voice" and not failed["retryable"]
        assert failed["voices"] == ["kokoro:hum", "kokoro:tone", "piper:buzz"]


async def test_blends_and_speeds_are_voices_of_their_own(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", FIRST, voice="tone+hum", speed=1.25)
        await talker.speak("2", FIRST, voice="kokoro:hum:2+tone:2@1.25")
        await talker.end("1")
        await talker.end("2")
        assert hall.voices["kokoro:hum+tone@1.25"].asked == [FIRST]


@pytest.mark.parametrize("speed", [0.1, 9, -1, float("nan")])
async def test_a_speed_that_no_voice_has_is_refused(opened: Open, speed: float) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", FIRST, speed=speed)
        assert (await talker.end("1"))["code"] == "bad_request"


async def test_an_empty_text_is_done_at_once_and_one_without_words_gives_no_sound(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", "")
        await talker.speak("2", "  \n ")
        await talker.speak("3", "\x00\x1b\u200b", whole=True)
        for id in "123":
            assert (await talker.end(id))["type"] == "done"
        assert "1" not in talker.clauses and "2" not in talker.clauses
        assert talker.clauses["3"][0]["samples"] == 0


async def test_ten_thousand_characters_come_in_clauses_that_are_the_text(opened: Open) -> None:
    text = "Your order is on its way, and it will be with you soon. " * 179
    async with opened() as hall, hall.talker() as talker:
        await talker.speak("1", text)
        assert (await talker.end("1"))["type"] == "done"
        assert " ".join(clause["text"] for clause in talker.clauses["1"]) == text.strip()
        assert len(hall.voice.asked) < 5, "what is said again is not rendered again"


async def test_a_text_that_is_too_long_is_refused(opened: Open) -> None:
    async with opened(longest_text=100) as hall, hall.talker() as talker:
        await talker.speak("1", "x" * 101)
        assert (await talker.end("1"))["code"] == "too_long"
        await talker.speak("2", "x" * 600, whole=True)
        assert (await talker.end("2"))["code"] == "too_long"


@pytest.mark.parametrize("message", ["", "{", "[]", '{"type": "sing"}', '{"type": "speak", "text": "Hi."}'])
async def test_what_is_no_message_is_answered_and_the_connection_goes_on(opened: Open, message: str) -> None:
    async with opened() as hall, hall.talker() as talker:
        await talker.socket.send(message)
        assert (await talker.end(None))["code"] == "bad_request"
        await talker.socket.send(b"\x00\x01")
        await talker.speak("1", FIRST)
        assert (await talker.end("1"))["type"] == "done"


async def test_a_voice_that_fails_is_told(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        hall.voice.fails = frozenset({SECOND})
        await talker.speak("1", TEXT)
        failed = await talker.end("1")
        assert failed["code"] == "rendering_failed" and [one["text"] for one in talker.clauses["1"]] == [FIRST]


async def test_streams_in_flight_are_finished_when_the_server_is_told_to_stop(opened: Open) -> None:
    async with opened() as hall, hall.talker() as talker:
        hall.voice.gate.clear()
        await talker.speak("1", TEXT)
        await until(lambda: hall.voice.asked == [FIRST])
        assert hall.served is not None
        hall.served.stop.set()
        await until(lambda: hall.server.admission.closed)
        await talker.speak("2", "Too late.")
        assert (await talker.end("2"))["code"] == "stopping"
        hall.voice.gate.set()
        assert (await talker.end("1"))["type"] == "done"
        assert [clause["text"] for clause in talker.clauses["1"]] == [FIRST, SECOND]
        await asyncio.wait_for(hall.served.task, 20)
