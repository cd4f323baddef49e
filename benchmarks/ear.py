"""What a caller hears, over a real LiveKit server on loopback: tollfree beside livekit-agents and Pipecat.

All get the same pretend engines (a recogniser of 50 ms, a model whose first token takes 150 ms, speech after 80 ms), so
that only the platform differs; tollfree is also run with its real engines on this machine. One after the other, one
table, the limits beside the figures.

Needs the instruments (ear.py and the peers; TOLLFREE_INSTRUMENTS, default ../shared/instruments), clips of real people
(TOLLFREE_SHARED_DATA, default ../shared/data), a LiveKit server (scripts/livekit) and, for the peers, the two virtual
environments that scripts/peers makes. What is missing is said, and left out.

usage: benchmarks/ear.py [--only NAME …] [--quick] [--json FILE]
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import psutil

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.livekit_server import livekit_server

ROOT = Path(__file__).resolve().parent.parent
INSTRUMENTS = Path(os.environ.get("TOLLFREE_INSTRUMENTS", ROOT / "../shared/instruments")).resolve()
DATA = Path(os.environ.get("TOLLFREE_SHARED_DATA", ROOT / "../shared/data")).resolve()
PEERS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tollfree" / "peers"
SPOKEN = ROOT / "examples/corner-shop/callers/spoken"

TURNS = ["dg_nope", "dg_yes", "dg_billing_department", "dg_vad", "jfk", "ps_card1", "ps_card2", "ps_card3", "ps_card4",
         "ps_card5", "ps_goforward", "sr_english"]  # fmt: skip
BARGES = ["ps_card3", "sr_english", "ps_goforward", "ps_card4", "dg_billing_department", "dg_nope", "ps_card2",
          "ps_card1"]  # fmt: skip
MURMURS = ("mmhm", "dg_yes", "yeah", "okay")
FIRST_WORDS = (
    "am_michael-return-corrected-01",
    "bf_emma-status-number-in-words-01",
    "bm_george-person-in-the-middle-01",
)
QUIET = {"wait_agent_quiet": True}
PRETEND_MURMUR = "mm-hm"


@dataclass(frozen=True)
class Run:
    """One worker, called in one way."""

    name: str
    """Whose worker."""
    scenario: str
    steps: list[dict[str, object]]
    calls: int = 1
    at_once: int = 1
    flow: str = "talk"
    reply: str = "short"
    environ: dict[str, str] = field(default_factory=dict)


def play(*clips: str) -> list[dict[str, object]]:
    """A call that says these, one after the other."""
    return [QUIET, *(step for clip in clips for step in ({"play": f"{clip}.wav"}, QUIET))]


def over(barges: list[str], murmurs: list[str], first: str) -> list[dict[str, object]]:
    """Speech over long answers: to interrupt, and to agree."""
    steps: list[dict[str, object]] = [QUIET, {"play": f"{first}.wav"}]
    steps += [{"barge": f"{clip}.wav", "after_ms": 1500 + 111 * i} for i, clip in enumerate(barges)]
    steps.append(QUIET)
    for i, murmur in enumerate(murmurs):
        steps += [{"play": f"{first}.wav"}, {"backchannel": f"{murmur}.wav", "after_ms": 1500 + 130 * i}, QUIET]
    return steps


class Sampler(threading.Thread):
    """CPU of a process and all below it, and the peak of the memory that is theirs (PSS)."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(root)
        self._on = True
        self._cpu: dict[int, float] = {}
        self._first: dict[int, float] = {}
        self._began = time.monotonic()
        self.peak_mb = 0.0
        self.start()

    def run(self) -> None:
        looks = 0
        while self._on:
            memory = 0.0
            for process in self._tree():
                with contextlib.suppress(psutil.Error):
                    spent = sum(process.cpu_times()[:2])
                    self._first.setdefault(process.pid, 0.0 if looks else spent)
                    self._cpu[process.pid] = spent
                    if looks % 4 == 0:
                        memory += process.memory_full_info().pss / 2**20
            self.peak_mb = max(self.peak_mb, memory)
            looks += 1
            time.sleep(0.25)

    def stop(self) -> dict[str, float]:
        """Percent of one core, and megabytes."""
        self._on = False
        self.join()
        spent = sum(self._cpu[pid] - self._first[pid] for pid in self._cpu)
        return {"cpu_pct": round(100 * spent / (time.monotonic() - self._began), 1), "pss_mb": round(self.peak_mb)}

    def _tree(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._root, *self._root.children(recursive=True)]
        return []


def clips_into(folder: Path) -> set[str]:
    """Gather the clips; returns their names."""
    for file in (DATA / "turns").glob("*.wav"):
        shutil.copy(file, folder / file.name)
    murmurs = {"mmhm": "mm hmm", "yeah": "yeah", "okay": "okay"}
    if shutil.which("flite"):
        for name, words in murmurs.items():
            stretch = "duration_stretch=" + ("0.45" if name == "mmhm" else "0.8")
            subprocess.run(
                [
                    "flite",
                    "-voice",
                    "slt",
                    "--setf",
                    stretch,
                    "-t",
                    words,
                    folder / f"{name}.wav",
                ],
                check=True,
            )
    for clip in FIRST_WORDS:
        voice, name = clip.split("-", 1)
        file = SPOKEN / voice / name.removesuffix("-01") / "01.opus"
        if file.exists():
            _to_wav(file, folder / f"{clip}.wav")
    return {file.stem for file in folder.glob("*.wav")}


def _to_wav(source: Path, target: Path) -> None:
    from faster_whisper.audio import decode_audio

    sound = (decode_audio(str(source), sampling_rate=16_000) * 32767).astype(np.int16)
    with wave.open(str(target), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(sound.tobytes())


def worker_command(run: Run, home: Path) -> list[str] | None:
    """How to start a worker; None: what it needs is not here."""
    if run.name.startswith("tollfree"):
        worker = str(ROOT / "benchmarks/_ear_worker.py")
        warm = str(run.at_once)
        return [sys.executable, worker, "--flow", run.flow, "--peers", str(INSTRUMENTS / "peers"), "--warm", warm,
                "--home", str(home)]  # fmt: skip
    folder, script = ("pipecat", "pc_worker.py") if run.name == "pipecat" else ("livekit-agents", "lk_worker.py")
    python = PEERS / folder / "bin/python"
    if not python.exists():
        return None
    return [str(python), str(INSTRUMENTS / "peers" / script), *(["start"] if script == "lk_worker.py" else [])]


def measure(run: Run, server: LiveKitServer, clips: Path, log: Path) -> dict[str, object] | None:
    """Start the worker, call it, stop it."""
    home = log.with_suffix(f".{int(time.time())}")  # beside the log, so what was said can be read afterwards
    command = worker_command(run, home)
    if command is None:
        return None
    environ = {
        **os.environ,
        **run.environ,
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.key,
        "LIVEKIT_API_SECRET": server.secret,
        "REPLY": run.reply,
        "PEER": "tuned" if run.name == "livekit-agents tuned" else "default",
        "POOL": str(max(2, run.at_once)),
    }
    scenario = clips / f"{run.scenario}.json"
    scenario.write_text(json.dumps(run.steps))
    ours = run.name.startswith("tollfree")
    project = "corner-shop" if run.flow.startswith("shop") else "bench"
    metadata = json.dumps({"project": project, "agent": "main"}) if ours else run.reply
    ear = [sys.executable, str(INSTRUMENTS / "ear.py"), str(scenario), "--metadata", metadata]
    ear += ["--calls", str(run.calls), "--concurrent", str(run.at_once)]
    ear += ["--room", "ear-pc-{id}-{i}"] if run.name == "pipecat" else ["--agent", "peer"]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        worker = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, env=environ)
        try:
            time.sleep(20) if run.name == "pipecat" else _wait_until_ready(log)  # Pipecat's stand-in says nothing
            idle = Sampler(worker.pid)
            time.sleep(4)
            use_idle = idle.stop()
            sampler = Sampler(worker.pid)
            done = subprocess.run(ear, capture_output=True, text=True, env=environ, timeout=1500)
            use = sampler.stop()
        finally:
            _end(worker)
    if not done.stdout.startswith("{"):
        return {"run": run.name, "scenario": run.scenario, "error": done.stderr[-800:]}
    result = json.loads(done.stdout)
    return {"run": run.name, "scenario": run.scenario, "idle": use_idle, "use": use, "calls_at_once": run.at_once,
            "summary": result["summary"], "calls": result["calls"]}  # fmt: skip


def _wait_until_ready(log: Path, within_s: float = 900, settle_s: float = 6) -> None:
    """Until a worker says that calls can come, and a while more for its idle processes."""
    until = time.monotonic() + within_s
    while time.monotonic() < until and "registered worker" not in log.read_text():
        time.sleep(0.5)
    time.sleep(settle_s)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Stop the worker and whatever it left behind: it has a session of its own."""
    worker.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def runs(quick: bool) -> list[Run]:
    """Everything that is measured."""
    turns, barges = (TURNS[:4], BARGES[:2]) if quick else (TURNS, BARGES)
    murmurs = ["mmhm", "dg_yes", "yeah", "okay", "mmhm", "yeah", "okay", "dg_yes", "mmhm", "yeah"]
    murmurs = murmurs[:3] if quick else murmurs
    said = {"STT_TEXT": PRETEND_MURMUR}
    found: list[Run] = []
    for name in ("livekit-agents", "livekit-agents tuned", "pipecat", "tollfree"):
        found.append(Run(name, "turns", play(*turns)))
        found.append(Run(name, "barge-in", over(barges, [], "ps_card3"), reply="long"))
    found.append(Run("tollfree", "fixed lines", play(*turns), flow="fixed"))
    for clip in FIRST_WORDS:  # the agent's next line is always the same
        found.append(Run("tollfree tiny.en", f"shop {clip}", play(clip), calls=2 if quick else 10, flow="shop"))
    for at_once in (1, 3, 8):
        found.append(Run("livekit-agents", f"load {at_once}", play(*turns[:8]), at_once, at_once))
        found.append(Run("tollfree", f"load {at_once}", play(*turns[:8]), at_once, at_once))
    found.append(Run("tollfree", "backchannels", over([], murmurs, "ps_card3"), reply="long", environ=said))
    return found


def row(result: dict[str, object]) -> str:
    """One line of the table."""
    if "error" in result:
        return f"{result['run']:<22}{result['scenario']:<30}FAILED {str(result['error'])[-200:]!r}"
    s = result["summary"]

    def two(name: str) -> str:
        stats = s[name]
        return f"{stats['p50']:>5}/{stats['p95']:<5}" if stats.get("n") else " " * 7 + "-" + " " * 3

    back = s["backchannels"]
    murmured = f"{back['stopped']}/{back['n']}" if back["n"] else "-"
    use = result["use"]
    each = result["calls_at_once"]
    return (
        f"{result['run']:<22}{result['scenario']:<30}{two('answer_ms')} {two('response_ms')} {two('barge_stop_ms')}"
        f" {murmured:>7} {s['early_turns']:>4} {s['response_ms']['missing']:>4}"
        f" {use['cpu_pct'] / each:>6.1f} {use['pss_mb'] / each:>6.0f}"
    )


HEAD = (
    f"{'':<22}{'':<30}{'join':^11} {'response':^11} {'barge-in':^11} {'mm-hm':>7} {'early':>4} {'none':>4}"
    f" {'CPU %':>6} {'MB':>6}\n{'':<52}{'p50/p95 ms':^11} {'p50/p95 ms':^11} {'p50/p95 ms':^11} {'stopped':>7} "
    f"{'':>4} {'':>4} {'/call':>6} {'/call':>6}"
)


async def whole(args: argparse.Namespace) -> int:
    if not (INSTRUMENTS / "ear.py").exists() or not (DATA / "turns").exists():
        click.echo(f"skipped: the instruments and clips are not here ({INSTRUMENTS}, {DATA})")
        return 0
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        clips.mkdir()
        clips_into(clips)
        async with livekit_server(LiveKitSettings(), home=Path(folder), cache=settings.cache) as server:
            click.echo(HEAD)
            results = []
            for run in runs(args.quick):
                if args.only and not any(only in f"{run.name}/{run.scenario}" for only in args.only):
                    continue
                log = Path(args.logs or folder) / f"{run.name}-{run.scenario}.log".replace(" ", "_")
                result = await asyncio.to_thread(measure, run, server, clips, log)
                if result is None:
                    click.echo(f"{run.name:<22}{run.scenario:<30}skipped: run scripts/peers first")
                    continue
                results.append(result)
                click.echo(row(result))
    if args.json:
        await asyncio.to_thread(Path(args.json).write_text, json.dumps(results, indent=1))
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="parts of NAME/SCENARIO")
    parser.add_argument("--quick", action="store_true", help="few turns of each")
    parser.add_argument("--json", help="write everything that was measured")
    parser.add_argument("--logs", help="keep the workers' logs, and their stores, in this folder")
    sys.exit(asyncio.run(whole(parser.parse_args())))


if __name__ == "__main__":
    main()
