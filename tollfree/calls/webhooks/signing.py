"""Signs messages, as Standard Webhooks (standardwebhooks.com, v1) has it, and keeps the secrets that sign them."""

import base64
import hashlib
import hmac
import json
import secrets

from cryptography.fernet import InvalidToken, MultiFernet

from tollfree.calls.secrets import KEY_VARIABLE, SealedElsewhere

PREFIX = "whsec_"
"""How such secrets begin."""


def new_secret() -> str:
    """32 bytes of chance."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(key: MultiFernet, webhook: str, secret: str) -> bytes:
    """A secret as it is stored: it opens for this webhook alone."""
    return key.encrypt(json.dumps([webhook, secret]).encode())


def unseal(key: MultiFernet, webhook: str, sealed: bytes) -> str:
    """The secret. Raises `SealedElsewhere`."""
    try:
        owner, secret = json.loads(key.decrypt(sealed))
    except InvalidToken:
        owner, secret = "", ""
    if owner != webhook:
        raise SealedElsewhere(
            f"The secret of the webhook {webhook} was sealed with another key. "
            f"Set {KEY_VARIABLE} to that key, or make the webhook anew."
        )
    return str(secret)


def headers_of(secret: str, message: str, at_s: int, body: bytes) -> dict[str, str]:
    """The headers that go with a message. `message`: its id, the same each time that it is sent. `at_s`: now, in
    seconds since 1970, so that a message that somebody kept cannot be sent again much later."""
    signed = f"{message}.{at_s}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "user-agent": "tollfree-webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
