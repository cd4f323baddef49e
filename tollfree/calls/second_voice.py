"""A person who talks to the caller beside the agent, as a recording has them: on the agent's side."""

import numpy as np

from tollfree.protocol.audio import SPOKEN_RATE, Samples

LATEST = SPOKEN_RATE * 400 // 1000
"""Samples that may wait: what arrives beyond them is more than was said in that time, and the oldest is left out."""


class SecondVoice:
    """Sound that waits to be put under the agent's."""

    def __init__(self) -> None:
        self._waiting: Samples = np.zeros(0, np.int16)

    def heard(self, samples: Samples) -> None:
        """It has come, int16 mono at 24 kHz."""
        self._waiting = np.concatenate([self._waiting, samples])[-LATEST:]

    def under(self, agent: Samples) -> Samples:
        """The agent's sound with as much of the second voice."""
        if not len(self._waiting):
            return agent
        mine, self._waiting = self._waiting[: len(agent)], self._waiting[len(agent) :]
        mixed = agent.astype(np.int32)
        mixed[: len(mine)] += mine
        return np.clip(mixed, -32_768, 32_767).astype(np.int16)
