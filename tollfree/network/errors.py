"""What can go wrong before a request leaves, or before one can come.

NetworkError               network
├── BadAllowedHosts        bad_allowed_hosts   an entry of `allowed_hosts` is not a host
├── HostRefused            forbidden_host      the request, or a redirect of it, may not go there
└── CannotListen           cannot_listen       a server's address is taken, or is not this machine's
"""

from tollfree.protocol.errors import TollfreeError


class NetworkError(TollfreeError):
    """A request that may not be made."""

    code = "network"


class BadAllowedHosts(NetworkError):
    """Entries of `allowed_hosts` that are not `host` or `host:port`."""

    code = "bad_allowed_hosts"


class HostRefused(NetworkError):
    """Requests may not go there: not allowed by the owner, or never allowed."""

    code = "forbidden_host"


class CannotListen(NetworkError):
    """A server's address is taken, or is not this machine's."""

    code = "cannot_listen"
