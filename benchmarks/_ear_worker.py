"""A tollfree worker for benchmarks/ear.py: the product's own worker and session, with the peers' pretend engines or
with real ones. Reads LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, and REPLY (short, long) as the peers do."""

import argparse
import asyncio
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.language.embed.registry import load_embedder
from tollfree.protocol.audio import Samples
from tollfree.protocol.effects import Compose
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.transcript import Transcript
from tollfree.rehearse import shop
from tollfree.speech.stt.base import Hearing, Hints, Urgency
from tollfree.speech.tts.base import Clip, Haste, Speaking, Voice, WordTime
from tollfree.wiring.documents import take_in_documents
from tollfree.wiring.engines import Engines
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.rendering import render_answers, render_published
from tollfree.wiring.settings import Settings
from tollfree.worker.office_desk import OfficeDesk
from tollfree.worker.serve import Worker
from tollfree.worker.stop import stop_on_signals

PROJECT = ProjectId("bench")
KNOWING_SHOP = "shop_with_documents"
"""The corner shop with its documents in an index, and its fixed lines rendered."""
SHOPS = ("shop", KNOWING_SHOP)
QUESTIONS = "questions"
"""A flow that answers what is asked of the corner shop's documents with lines that never change, by real engines."""
REAL = (*SHOPS, QUESTIONS)
ASKED = {
    "dog": "Can I bring my dog?",
    "gift": "Do you sell gift cards?",
    "bread": "Do you have gluten-free bread?",
    "parking": "Where can I park my car?",
    "pay": "Can I pay with a credit card?",
    "fee": "Is there a restocking fee?",
}
"""By clip; the documents answer each."""
NO_BACKEND = 9
"""The port of a backend that is not there: what is measured comes before anything is looked up."""
STAFF = {"kind": "transfer", "to": "staff", "exits": {"connected": "bye", "nobody": "bye", "failed": "bye"}}
TALK = {
    "flow": "talk",
    "start": "chat",
    "handlers": {"person": {"examples": ["a person please"], "go": "staff"}},
    "nodes": {
        "chat": {
            "kind": "talk",
            "goal": "Answer.",
            "opening": "Hello, this is answer number 0 for you.",
            "turns": 100,
            "silences": 10,
            "outcomes": {"done": "never"},
            "exits": {"done": "bye", "gave_up": "bye", "failed": "bye", "silent": "bye"},
        },
        "bye": {"kind": "end"},
        "staff": STAFF,
    },
}


def fixed_flow(said: str, answer: str) -> dict[str, object]:
    """A flow that answers the pretend transcript with a line that has no variables, as often as it comes."""
    return {
        "flow": "fixed",
        "start": "hello",
        "handlers": {"person": {"examples": ["a person please"], "go": "staff"}},
        "nodes": {
            "hello": {"kind": "say", "say": "Hello, this is answer number 0 for you.", "exits": {"said": "reason"}},
            "reason": {
                "kind": "intent",
                "ask": "",
                "intents": {"known": {"examples": [said]}, "other": {"examples": ["something else entirely"]}},
                "exits": {"known": "answer", "other": "bye", "unclear": "answer", "silent": "bye"},
            },
            "answer": {"kind": "say", "say": answer, "exits": {"said": "reason"}},
            "bye": {"kind": "end"},
            "staff": STAFF,
        },
    }


def questions_flow() -> dict[str, object]:
    """An intent a question, and a line that answers each."""
    answers = {f"about_{name}": f"Here is what we say to whoever asks about {name}." for name in ASKED}
    exits = {name: f"about_{name}" for name in ASKED}
    return {
        "flow": QUESTIONS,
        "start": "hello",
        "handlers": {"person": {"examples": ["a person please"], "go": "staff"}},
        "nodes": {
            "hello": {"kind": "say", "say": "Thanks for calling.", "exits": {"said": "reason"}},
            "reason": {
                "kind": "intent",
                "ask": "How can I help you?",
                "intents": {name: {"examples": [question]} for name, question in ASKED.items()},
                "exits": {**exits, "unclear": "about_dog", "silent": "bye"},
            },
            **{node: {"kind": "say", "say": line, "exits": {"said": "reason"}} for node, line in answers.items()},
            "bye": {"kind": "end"},
            "staff": STAFF,
        },
    }


@dataclass(frozen=True)
class Composed:
    """See `tollfree.calls.performers.Composed`."""

    text: str
    exit: str | None = None
    cited: tuple[str, ...] = ()
    decided_by: str = "pretend"


class PretendModel:
    """The peers' pretend model: its first token after 150 ms, then one every 20 ms."""

    def __init__(self, stub: object, long: bool) -> None:
        self._stub, self._long, self._answers = stub, long, 0

    async def compose(self, effect: Compose, words: Callable[[str], None]) -> Composed:
        stub = self._stub
        self._answers += 1
        # "Sure 3," where the peers' has "Sure,": so that no clause of it was ever rendered before
        text = stub.reply(self._answers, self._long).replace("Sure,", f"Sure {self._answers},")
        await asyncio.sleep(stub.TTFT_S)
        so_far = ""
        for word in text.split(" "):
            so_far = f"{so_far} {word}".strip()
            if so_far[-1] in ",.":
                words(so_far)
            await asyncio.sleep(stub.TOKEN_S)
        return Composed(text)


class PretendRecognizer:
    """The peers' pretend recogniser: always the same words, 50 ms after it was asked."""

    name = "pretend:fixed"
    hearing = Hearing(languages=("en",), punctuates=False, hints=False, quick=True)

    def __init__(self, stub: object) -> None:
        self._stub = stub

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        await asyncio.sleep(self._stub.STT_S)
        return Transcript(text=os.environ.get("STT_TEXT", self._stub.TEXT))

    async def warm_up(self) -> None: ...

    async def aclose(self) -> None: ...


class PretendVoice:
    """The peers' pretend voice: 80 ms for any text, a tone as long as its words."""

    name = "pretend:tone"
    speaking = Speaking(languages=("en",), word_times=False)

    def __init__(self, stub: object) -> None:
        self._stub = stub

    async def render(self, clause: str, haste: Haste | None = None) -> Clip:
        await asyncio.sleep(self._stub.TTFB_S)
        samples = self._stub.tone(clause)
        return Clip(text=clause, samples=samples, words=(WordTime(end=len(clause), end_ms=len(samples) / 24),))

    async def warm_up(self) -> None: ...

    async def aclose(self) -> None: ...


@dataclass
class PretendDesk(OfficeDesk):
    """The product's desk with pretend engines. Pickled into each process."""

    def __init__(self, settings: Settings, phone: PhoneSettings, peers: str) -> None:
        super().__init__(settings, phone)
        self._peers = peers

    def warm(self) -> None:
        sys.path.insert(0, self._peers)
        import stub  # the peers' own

        def voice(name: str, cache: Path) -> Voice:
            return PretendVoice(stub)

        model = PretendModel(stub, os.environ.get("REPLY") == "long")
        self._engines = Engines(self._settings, PretendRecognizer(stub), voice, model)
        self._embedder = load_embedder(self._settings.embedder, self._settings.cache)


async def set_up(settings: Settings, flow: str, peers: str) -> None:
    """Publish what is called."""
    async with await Office.open(settings) as office:
        if flow in SHOPS:
            await shop.bring_up_to_date(office, shop.shop_folder(), NO_BACKEND)
            if flow == KNOWING_SHOP:
                await take_in_documents(office, shop.PROJECT, shop.shop_folder())
                await render_published(office, shop.PROJECT, FlowId("support"))
                await render_answers(office, shop.PROJECT)
            return
        sys.path.insert(0, peers)
        import stub

        answer = "Here is a line that is the same for everybody who calls."
        document = {"talk": TALK, QUESTIONS: questions_flow()}.get(flow) or fixed_flow(stub.TEXT, answer)
        project = ProjectSettings.model_validate({"name": "Bench", "agents": {"main": {"flow": flow}}})
        await office.store.projects.new(PROJECT, name="Bench", settings=project.model_dump(mode="json"))
        await office.store.drafts.save(PROJECT, FlowId(flow), document, expected_revision=0)
        await publish(office.store, PROJECT, FlowId(flow), office.embedder)
        if flow == QUESTIONS:
            await render_published(office, PROJECT, FlowId(flow))
        if flow == "fixed":
            engines = Engines(settings, PretendRecognizer(stub), lambda name, cache: PretendVoice(stub))
            for line in (answer, "Hello, this is answer number 0 for you."):
                await engines.speaker("").keep(line)


def settings_of(home: str, flow: str) -> Settings:
    """The installation that is called."""
    pretend = {} if flow in REAL else {"voice": "pretend:tone", "recording": "none"}
    return Settings(home=Path(home), **pretend)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flow", choices=("talk", "fixed", *REAL), required=True)
    parser.add_argument("--peers", required=True)
    parser.add_argument("--agent", default="peer")
    parser.add_argument("--max-calls", type=int, default=16)
    parser.add_argument("--warm", type=int, default=1)
    parser.add_argument("--home", help="keep what the worker keeps in this new folder")
    parser.add_argument("--set-up", help="only publish, into this home folder")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")
    server = LiveKitServer(
        url=os.environ["LIVEKIT_URL"], key=os.environ["LIVEKIT_API_KEY"], secret=os.environ["LIVEKIT_API_SECRET"]
    )
    os.environ.update(
        TOLLFREE_LIVEKIT_URL=server.url, TOLLFREE_LIVEKIT_API_KEY=server.key, TOLLFREE_LIVEKIT_API_SECRET=server.secret
    )
    if args.set_up:
        asyncio.run(set_up(settings_of(args.set_up, args.flow), args.flow, args.peers))
        return
    with tempfile.TemporaryDirectory() as temporary:
        home = args.home or temporary
        # in a process of its own: what publishing loads is no part of a worker
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--set-up", home], check=True)
        settings = settings_of(home, args.flow)
        phone = PhoneSettings()
        desk = OfficeDesk(settings, phone) if args.flow in REAL else PretendDesk(settings, phone, args.peers)
        worker_settings = WorkerSettings(name=args.agent, max_calls=args.max_calls, warm_processes=args.warm)
        worker = Worker(desk, server, worker_settings, settings.home, Path(home) / "notices")

        async def run() -> None:
            await worker.run(stop_on_signals())

        asyncio.run(run())


if __name__ == "__main__":
    main()
