"""Where an engine server listens, and whom it lets in."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from tollfree.network.address import is_loopback
from tollfree.serving.errors import NoKey


class DoorSettings(BaseSettings):
    """What every engine server is set by. A server's own settings inherit it, with their own prefix and port."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """The address to listen on. Beyond loopback, an API key is needed."""
    port: int = Field(default=0, ge=0, le=65_535)
    """The port; 0: any free one."""
    api_key: SecretStr = SecretStr("")
    """What clients must send as `Authorization: Bearer KEY`; empty: nothing, which only loopback may have."""
    max_body_mb: int = Field(default=25, ge=1, le=1024)
    """Largest request and largest WebSocket message, in MiB."""
    drain_s: float = Field(default=30, ge=0, le=3600)
    """Seconds that work which runs may still take after the server was told to stop."""

    @property
    def max_body_bytes(self) -> int:
        """Largest request, in bytes."""
        return self.max_body_mb * 1024 * 1024

    def check(self) -> None:
        """Raises `NoKey` where anybody on the network could use the server."""
        if not self.api_key.get_secret_value() and not is_loopback(self.host):
            prefix = self.model_config.get("env_prefix", "")
            raise NoKey(
                f"The server may not listen on {self.host} without an API key: set {prefix}API_KEY, "
                f"or listen on 127.0.0.1."
            )
