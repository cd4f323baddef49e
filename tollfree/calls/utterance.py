"""One line of the agent under way: its clips and their places in the playout, and what of it was heard."""

from dataclasses import dataclass, field

from tollfree.protocol.audio import Samples, spoken_ms
from tollfree.protocol.effects import Say
from tollfree.speech.tts.base import Clip

SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(slots=True, eq=False)
class Utterance:
    """A line, from being asked for to its last sample. Places are samples of speech since the call began."""

    say: Say
    clips: list[tuple[int, Clip]] = field(default_factory=list[tuple[int, Clip]])
    """With the place at which each begins."""
    rendered: bool = False
    """Nothing more will come."""
    failed: bool = False
    """What is missing could not be spoken."""
    begun: int = 0
    """Clips of which something has left."""

    @property
    def started(self) -> bool:
        """Whether something of it has left."""
        return self.begun > 0

    @property
    def end(self) -> int:
        """Place after the last clip so far."""
        return self.clips[-1][0] + len(self.clips[-1][1].samples) if self.clips else 0

    def over(self, played: int) -> bool:
        """Whether all of it has left."""
        return self.rendered and played >= self.end

    def begin(self, played: int) -> tuple[Clip, ...]:
        """The clips that have begun to leave since this was last asked."""
        begun = sum(start < played for start, _ in self.clips)
        new = tuple(clip for _, clip in self.clips[self.begun : begun])
        self.begun = max(self.begun, begun)
        return new

    def heard(self, played: int) -> str:
        """The words that were out when so many samples had left."""
        place = 0
        for start, clip in self.clips:
            at = self.say.text.find(clip.text, place)
            at = place if at < 0 else at
            if played < start + len(clip.samples):
                words = clip.heard(spoken_ms(max(0, played - start)))
                return self.say.text[: at + len(words)].rstrip() if words else self.say.text[:place].rstrip()
            place = at + len(clip.text)
        return self.say.text if self.rendered and not self.failed else self.say.text[:place].rstrip()

    def interruptible(self, played: int) -> bool:
        """Whether speech of the caller may cut it short now."""
        match self.say.interruptible:
            case "always":
                return True
            case "after_first_sentence":
                return self._past_first_sentence(played)
            case "never":
                return False

    def give_up(self) -> None:
        """Nothing of it will be said."""
        self.clips = []
        self.rendered = self.failed = True

    def left(self, played: int, from_now: int) -> list[Samples]:
        """The playout was emptied: what had not left of the line, to be played from the place `from_now` on."""
        clips, self.clips = self.clips, []
        missing: list[Samples] = []
        for start, clip in clips:
            rest = clip.samples[max(0, played - start) :]
            self.clips.append((from_now - (len(clip.samples) - len(rest)), clip))
            missing.append(rest)
            from_now += len(rest)
        return missing

    def _past_first_sentence(self, played: int) -> bool:
        for start, clip in self.clips:
            if clip.text.rstrip().endswith(SENTENCE_ENDS):
                return played >= start + len(clip.samples)
        return self.over(played)
