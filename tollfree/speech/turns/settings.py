"""Every number by which callers are listened to. All of them are of the caller's own sound clock."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tollfree.protocol.expectation import Patience


class PatienceTimes(BaseModel):
    """How much silence ends a turn, by what its words look like. Milliseconds since the speech ended."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    certain_ms: float = Field(ge=64, le=3000)
    """The plan is certain that nothing can follow."""
    finished_ms: float = Field(ge=64, le=5000)
    """The words look finished."""
    unsure_ms: float = Field(ge=64, le=5000)
    """They may be."""
    unfinished_ms: float = Field(ge=64, le=10_000)
    """They break off: after "and", "my number is", a filler, a comma."""
    numbers_ms: float = Field(ge=64, le=10_000)
    """Digits or letters are being said. People rest between groups: 1.3 to 1.45 s in recordings of real ones."""
    silence_s: float = Field(ge=1, le=600)
    """Seconds until a caller who says nothing is asked again."""

    @model_validator(mode="after")
    def rising(self) -> Self:
        """The less finished, the longer."""
        if not self.certain_ms <= self.finished_ms <= self.unsure_ms <= self.unfinished_ms:
            raise ValueError("certain_ms, finished_ms, unsure_ms and unfinished_ms must rise.")
        return self


def _times(
    certain: float, finished: float, unsure: float, unfinished: float, numbers: float, silence_s: float
) -> PatienceTimes:
    return PatienceTimes(
        certain_ms=certain,
        finished_ms=finished,
        unsure_ms=unsure,
        unfinished_ms=unfinished,
        numbers_ms=numbers,
        silence_s=silence_s,
    )


class ListeningSettings(BaseModel):
    """How callers are listened to. Defaults were chosen on recordings of real people (docs/how-to/listening.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    # What is speech

    onset_probability: float = Field(default=0.5, ge=0.05, le=0.95)
    """Voice activity, 0 to 1, at which speech begins."""
    again_probability: float = Field(default=0.35, ge=0.05, le=0.95)
    """At which speech goes on after a short pause."""
    offset_probability: float = Field(default=0.15, ge=0.01, le=0.95)
    """Below it, speech has stopped. Word endings are weak: recordings need far less than for an onset."""
    weak_ms: float = Field(default=384, ge=32, le=5000)
    """Longest that sound between `offset_probability` and `again_probability` counts as the end of a word: beyond, it
    is breath, music or the room."""
    above_noise_db: float = Field(default=6.0, ge=0, le=40)
    """Decibels by which speech stands above the noise of the line."""
    below_loudest_db: float = Field(default=25.0, ge=5, le=60)
    """Decibels below the loudest recent speech at which a sound is no part of it: people measure the end of speech
    so."""
    onset_ms: float = Field(default=64, ge=32, le=320)
    """Milliseconds of speech in a row that begin a turn."""
    shortest_speech_ms: float = Field(default=96, ge=32, le=500)
    """Less speech than this is a click or a knock."""
    pre_roll_ms: float = Field(default=300, ge=0, le=1000)
    """Milliseconds before the onset that belong to the turn: voice activity hears an `s` or `h` late."""

    # Interim text and offers

    look_every_ms: float = Field(default=500, ge=128, le=5000)
    """Milliseconds of further speech between looks at interim text."""
    look_growth: float = Field(default=0.1, ge=0, le=1)
    """Looks at a long turn are spaced by at least this share of its length: each hears all of it again."""
    look_paused_ms: float = Field(default=256, ge=96, le=2000)
    """The same while the agent is paused and waits for the verdict."""
    offer_after_ms: float = Field(default=64, ge=32, le=500)
    """Milliseconds of silence after which the caller may have finished, so that planning begins."""
    quick_offer_after_ms: float = Field(default=32, ge=32, le=500)
    """The same with a recogniser that is quick: being wrong inside a word costs it nothing."""
    late_transcript_ms: float = Field(default=2000, ge=500, le=30_000)
    """Milliseconds of silence after which a turn whose text has not come counts as not understood, whatever was tried
    by then. With the way to the ear a caller hears nothing for less than two and a half seconds."""
    nothing_ms: float = Field(default=500, ge=64, le=5000)
    """Milliseconds of silence after which a sound without words is dropped."""
    unheard_ms: float = Field(default=1000, ge=64, le=5000)
    """The same where a voice was heard for certain: half a word before a pause has no text yet."""
    clear_speech_ms: float = Field(default=200, ge=32, le=2000)
    """So much certain speech is never taken for noise when its decode fails."""
    unheard_speech_ms: float = Field(default=1000, ge=200, le=10_000)
    """So much certain speech whose text the recogniser does not believe counts as words that were not understood."""
    longest_turn_s: float = Field(default=25.0, ge=2, le=29)
    """Seconds after which a turn is ended at the next dip, or two seconds later by force: Whisper hears 30 s."""

    # The end of a turn

    patience: dict[Patience, PatienceTimes] = Field(
        default_factory=lambda: {
            Patience.SHORT: _times(130, 200, 950, 1200, 1200, 7),
            Patience.NORMAL: _times(160, 200, 950, 1400, 1600, 7),
            Patience.DIGITS: _times(190, 450, 1000, 1600, 1600, 9),
            Patience.SPELLING: _times(250, 700, 1300, 1800, 1800, 10),
            Patience.HOLD: _times(250, 500, 1200, 1800, 1800, 30),
        }
    )
    """By what the node awaits."""
    likely_bonus: float = Field(default=2.8, ge=0, le=5)
    """Log-odds that an answer which makes sense adds to the words' own look of being finished. Without it a bare full
    stop waits for longer than the 0.8 s for which people rest inside what they say."""
    likely_numbers: float = Field(default=0.5, ge=0.1, le=1)
    """Share of `numbers_ms` that is waited for numbers in a sensible answer where none were asked for."""

    # Speech over the agent

    barge_gate_ms: float = Field(default=64, ge=64, le=1000)
    """Milliseconds of speech that pause the agent. A pause is cheap: it is taken back in the middle of a word."""
    doubtful_gate_ms: float = Field(default=256, ge=64, le=2000)
    """The same for sound that may be the agent's echo or noise."""
    echo_below_db: float = Field(default=15.0, ge=3, le=40)
    """Decibels below the caller's usual voice at which sound over the agent may be its echo, until that is known."""
    doubtful_above_noise_db: float = Field(default=10.0, ge=0, le=40)
    """Sound that stands out from the noise by less than this is doubtful."""
    loud_onset_ms: float = Field(default=256, ge=0, le=1000)
    """So long a sound over the agent that is as loud as a voice counts as one, until the network is sure: it takes up
    to 200 ms for an `s` or `f`. 0: the network alone decides."""
    loud_above_noise_db: float = Field(default=20.0, ge=6, le=60)
    """Decibels by which such a sound stands above the noise of the line."""
    loud_below_voice_db: float = Field(default=12.0, ge=0, le=40)
    """Decibels by which it may be below the caller's usual voice."""
    loud_db: float = Field(default=-30.0, ge=-60, le=0)
    """How loud it must be, dBFS, while the caller's voice is not known yet."""
    speech_over_agent_ms: float = Field(default=1000, ge=300, le=5000)
    """Speech of this length over the agent is an interruption, whatever it is, unless its words are a listener's."""
    backchannel_longest_ms: float = Field(default=1500, ge=300, le=5000)
    """A listener's "yeah, okay" is no longer than this."""
    doubtful_confidence: float = Field(default=0.45, ge=0, le=1)
    """A few words over the agent that the recogniser trusts less are a hum, not an interruption."""
    interim_words: int = Field(default=2, ge=1, le=10)
    """Words of interim text that make an interruption; a single one may be half a word."""
    verdict_ms: float = Field(default=1000, ge=200, le=5000)
    """Milliseconds of silence after which a paused agent is resumed or stopped though no transcript came."""
    pause_longest_ms: float = Field(default=3000, ge=500, le=10_000)
    """Longest that the agent stays paused without a verdict."""
    rejoin_ms: float = Field(default=600, ge=0, le=3000)
    """Speech that begins so soon after a "yeah" is heard together with it."""
    answer_within_ms: float = Field(default=1500, ge=0, le=5000)
    """A "yes" this soon before the end of a yes-or-no question is its answer."""

    # Keys

    between_keys_ms: float = Field(default=3000, ge=500, le=20_000)
    """Milliseconds without a further key that end an entry."""
    lone_key_ms: float = Field(default=1000, ge=200, le=20_000)
    """The same where no keys are awaited: a lone 0 asks for a person."""

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Thresholds in order, and a row for every patience."""
        if not self.offset_probability <= self.again_probability <= self.onset_probability:
            raise ValueError("offset_probability, again_probability and onset_probability must rise.")
        if missing := [patience.value for patience in Patience if patience not in self.patience]:
            raise ValueError(f"patience lacks {', '.join(missing)}.")
        return self

    def times(self, patience: Patience) -> PatienceTimes:
        """The row of a patience."""
        return self.patience[patience]
