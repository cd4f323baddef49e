"""How calls reach people and the telephone network. Environment variables begin with `TOLLFREE_`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.server import LiveKitServer


class PhoneSettings(BaseSettings):
    """LiveKit's API, and what happens when a flow hands a caller to a person."""

    model_config = SettingsConfigDict(
        env_prefix="TOLLFREE_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    livekit_url: str = ""
    """The LiveKit server: `ws://HOST:PORT` or `wss://HOST`."""
    livekit_api_key: str = ""
    """The key to its API."""
    livekit_api_secret: SecretStr = SecretStr("")
    """The secret of that key."""
    worker_name: str = Field(default="tollfree", min_length=1)
    """The name under which the workers take calls: dispatch rules ask for it."""
    sip_outbound_trunk: str = ""
    """Id of the LiveKit trunk by which people are dialled (`ST_…`). Without one, a caller on the telephone is
    forwarded by their provider (SIP REFER), and nobody can be dialled for a caller in a browser."""
    transfer_ring_s: int = Field(default=25, ge=5, le=80)
    """Seconds for which a person's telephone rings before the next one, or nobody, has the call."""
    transfer_wait_s: float = Field(default=45, gt=0, le=3600)
    """Seconds for which a caller waits for somebody to join from a browser."""
    transfer_stay_s: float = Field(default=6, ge=0, le=60)
    """A person who was dialled takes the call by pressing 1, or by staying on for so many seconds after the summary;
    0: by the key only, so that a voice mailbox is never given a caller."""
    transfer_answer_s: float = Field(default=40, gt=0, le=600)
    """Seconds in which a person who was dialled must press 1, where staying on is not enough."""
    transfer_talk_limit_s: float = Field(default=14_400, gt=0, le=86_400)
    """Seconds after which a talk between a caller and a person is ended: a telephone left off the hook."""
    people_page: str = ""
    """A web page of yours from which people join calls; the server's address and the token are put behind it, after
    a `#`, so that neither is sent to whoever serves the page."""

    def server(self) -> LiveKitServer:
        """The LiveKit server. Raises `NoLiveKit`."""
        if not (self.livekit_url and self.livekit_api_key and self.livekit_api_secret.get_secret_value()):
            raise NoLiveKit(
                "No LiveKit server is configured. Set TOLLFREE_LIVEKIT_URL, TOLLFREE_LIVEKIT_API_KEY and "
                "TOLLFREE_LIVEKIT_API_SECRET."
            )
        return LiveKitServer(
            url=self.livekit_url, key=self.livekit_api_key, secret=self.livekit_api_secret.get_secret_value()
        )
