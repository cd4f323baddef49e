"""Every number that decides how Whisper hears a turn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSettings:
    """Chosen on made voices and on the clips of real people that `docs/accuracy.md` names; measured on others."""

    threads: int = 1
    """Threads of one decode. One, because calls share the cores; what a second one gains was not measured."""

    # The gate: Silero's windows of 32 ms.
    gate_probability: float = 0.5
    """From which a window counts as speech."""
    gate_windows: int = 4
    """Fewer windows of speech than this (of 32 ms each) are no speech. The shortest "yeah" has eight; noise, tones,
    melodies and breath have none to one."""
    edge_probability: float = 0.35
    """From which a window may be the edge of speech, where the sound is trimmed."""
    keep_before_ms: int = 250
    """Sound kept before the first such window: soft consonants lie there."""
    keep_after_ms: int = 300
    """Sound kept after the last."""

    # The window: what the encoder gets.
    quiet_db: float = -38.0
    """A turn whose loudest quarter is quieter than this (dB below full scale) is brought to `level_db`."""
    level_db: float = -23.0
    """Where most speech lies."""
    pad_s: float = 3.0
    """Silence computed behind the turn. On 30 hard clips base made 13 to 21 word errors in 100 with 0.8 s and one
    reading, 6 with 5 s and 6 with the full window; with five readings 3 s are as good as 5 s."""
    window_step_s: float = 0.0
    """Turns are encoded as if they lasted a multiple of this, so that turns of about one length share a window and
    can be decoded together; 0: each at its own length."""
    tail_frames: int = 900
    """Cached frames of silence behind that, 20 ms each."""
    whole_frames: int = 0
    """So many frames, computed and cached together, instead: turns that end alike can be read together. 0: each has
    its own length."""
    second_pad_s: float = 6.0
    """Silence computed behind a suspicious turn when it is heard again."""
    third_pad_s: float = 12.0
    """And when those two looks differ. On the measured clips it hears as well as the full window of 30 s, for a third
    of its time: that is what the slowest turns cost."""
    longest_s: float = 30.0
    """Whisper's window. Of longer turns the last so many seconds count."""

    # The decoder.
    beam: int = 5
    """Readings followed side by side. One alone loses the thread more often in a short window; two cost a fifth
    less than five."""
    interim_beam: int = 2
    """The same while the caller speaks."""
    tokens_per_s: float = 7.0
    """Most tokens a second of sound: fast speech has five, spelled digits up to six."""
    tokens_extra: int = 8
    """Tokens allowed besides, for short turns."""
    tokens_step_s: float = 0.0
    """The bound of tokens is that of a turn of a multiple of this many seconds, so that turns of different lengths
    can be read together; 0: of the turn's own."""

    # What makes a result suspicious.
    sure_log_probability: float = -0.8
    """Average over the tokens; from here on one look is enough."""
    trusted_log_probability: float = -1.0
    """Below this even two looks that differ are heard in full."""
    refused_log_probability: float = -1.6
    """Below this nothing is believed, however often it was heard."""
    no_speech_probability: float = 0.6
    """Whisper's own bound: above it, and below `trusted_log_probability`, there is no speech."""
    fastest_words_per_s: float = 7.0
    """More words a second of speech than people say: the decoder has run on."""
    slowest_tokens_per_s: float = 1.2
    """Fewer tokens a second of speech than people say: words were left out."""

    # Stock phrases.
    weak_windows: int = 7
    """Words that Whisper writes for a breath ("you", "thank you") need so many windows of speech."""
    weak_log_probability: float = -0.8
    """And an average log-probability of at least this."""


BATCHED = WhisperSettings(window_step_s=1.0, whole_frames=1100, tokens_step_s=4.0)
"""For many turns at once: those of one second are encoded together, and nearly all are read together. What a turn gets
depends on the turn alone, never on its neighbours. On 108 clips of real people, 81 of them degraded, tiny.en makes as
many word errors so as at each turn's own length (7.75 in 100)."""
