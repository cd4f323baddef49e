"""One line of the agent under way: its clips and their places in the playout, and what of it was heard."""

from dataclasses import dataclass, field
from typing import Self

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
    missing: list[str] = field(default_factory=list[str])
    """Stretches of the text that are not wholly in the playout, in order."""
    put: int = 0
    """Clips of the first of them that are."""
    growing: bool = False
    """More of its text may come: it is still being composed, and `say` has what there is, with the composition's id."""
    taken_back: bool = False
    """What it says was not to be said after all."""
    failed: bool = False
    """What is missing could not be spoken."""
    begun: int = 0
    """Clips of which something has left."""

    @classmethod
    def of(cls, say: Say, *, growing: bool = False) -> Self:
        """A line of which nothing is rendered yet."""
        return cls(say, missing=[say.text], growing=growing)

    @property
    def rendered(self) -> bool:
        """Whether nothing more will come."""
        return not self.missing and not self.growing

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

    def stretch_is_there(self) -> None:
        """The first missing stretch is in the playout."""
        del self.missing[0]
        self.put = 0

    def grow(self, say: Say) -> None:
        """More of its words are known: `say` begins as it did."""
        rest = say.text[len(self.say.text) :]
        self.say = say
        if rest.strip() and not self.failed:
            self.missing.append(rest)

    def end_with_clip(self) -> int:
        """Nothing more of it than the clip that has begun; the place where that ends. It has clips."""
        end = self.clips[0][0]
        self.clips = self.clips[: self.begun]
        self.fail()
        return self.end if self.clips else end

    def give_up(self) -> None:
        """Nothing of it will be said."""
        self.clips = []
        self.fail()

    def fail(self) -> None:
        """Nothing more of it can be said."""
        self.missing = []
        self.growing = False
        self.failed = True

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
