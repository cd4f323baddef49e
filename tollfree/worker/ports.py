"""Free ports on loopback."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

from tollfree.worker.errors import PortsTaken

LOOPBACK = "127.0.0.1"
TRIES = 50
"""Ports passed over before we give up: more than that are not taken by chance."""


def free_ports(first: int) -> tuple[int, int]:
    """Two ports, free at this moment: for signalling (TCP), and for sound (UDP). `first` is the first to try, 0: any.
    Raises `PortsTaken`."""
    with ExitStack() as held:
        found: list[int] = []
        ports = _wanted(first)
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for port in ports:
                sock = held.enter_context(socket.socket(socket.AF_INET, kind))
                if kind == socket.SOCK_STREAM:  # a port that a server has just left is free, and is not one in use
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind((LOOPBACK, port))
                except OSError:
                    continue
                found.append(sock.getsockname()[1])
                break
            else:
                raise PortsTaken(
                    f"No free ports were found from {first} to {first + TRIES} on {LOOPBACK}. Set "
                    "TOLLFREE_LIVEKIT_PORT to where some are free, or to 0 for any."
                )
        return found[0], found[1]


def _wanted(first: int) -> Iterator[int]:
    return iter(range(first, min(first + TRIES, 65_536))) if first else iter([0] * TRIES)
