"""The story that examples tell: a bakery whose callers ask where their order is. What stands here is what a name means
wherever it occurs, as a field or as a parameter; what means something else in one place has its example there."""

from collections.abc import Mapping

from pydantic import JsonValue

STORY: Mapping[str, JsonValue] = {
    "project": "bakery",
    "agent": "main",
    "flow": "support",
    "flow_now": "support",
    "version": 3,
    "revision": 7,
    "node": "which_order",
    "exit": "given",
    "intent": "order_status",
    "slots": {"order_number": "41755"},
    "route": "fast",
    "queue": "counter",
    "outcome": "answered",
    "consent": "You will talk with an automated assistant. The call is transcribed and may be recorded.",
    "language": "en",
    "role": "editor",
    "email": "ada@example.com",
    "user": "u_0f3a5c9e21b47d68",
    "key": "k_0f3a5c9e21b47d68",
    "webhook": "wh_0f3a5c9e21b47d68",
    "delivery": 311,
    "source": "5f3c0e9a1b2d4c6e8f70",
    "trial": "7Jx0c1vQ2mE",
    "job": 17,
    # one call
    "call": "01kavz3m5tq8s0v5y3c9w1r7bd",
    "caller": "+12025550143",
    "line": "livekit",
    "room": "tollfree_4e2b9c07d5a14f6f8f3d2a61c0b7e915",
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ2aWRlbyI6e319.q2k9",
    "turn": 1,
    "seq": 12,
    "confidence": 0.94,
    "decided_by": "rules",
    "evidence": "four one seven five five",
    "response_ms": 612.0,
    # when
    "at": "2026-11-22T14:05:07.123-05:00",
    "created_at": "2026-11-02T09:30:00Z",
    "saved_at": "2026-11-21T16:20:41Z",
    "published_at": "2026-11-21T16:25:03Z",
    "started_at": "2026-11-22T19:05:02Z",
    "since": "2026-11-01T00:00:00Z",
    "from": "2026-11-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "to": "2026-12-01T00:00:00Z",
    # who
    "saved_by": "Ada",
    "created_by": "Ada",
    "published_by": "Ada",
    "asked_by": "Ada",
    # figures of a month
    "calls": 412,
    "minutes": 638.5,
    "currency": "USD",
    "token_cost": 0.42,
    "minutes_cost": 31.93,
    "per_minute_price": 0.05,
    "n": 1830,
    "p50_ms": 580.0,
    "p95_ms": 940.0,
    "p99_ms": 1310.0,
    # what engines did
    "engine": "fast",
    "model": "Qwen/Qwen3-8B",
    "heard_s": 3.1,
    "characters": 212,
    "kept_characters": 64,
    "prompt_tokens": 412,
    "cached_tokens": 380,
    "completion_tokens": 38,
    # pages of lists
    "cursor": "NDE",
    "next": "NDE",
}
KEYS: Mapping[str, str] = {"agents": "main", "queues": "counter", "routes": "fast", "stages": "response"}
"""What the names of a table's entries are, by the table's field."""
