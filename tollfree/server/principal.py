"""Who makes a request."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person who is signed in, or a program with a key."""

    kind: Literal["user", "key"]
    id: str
    name: str
    """As the audit calls them: a person's address, or a key's name."""
    called: str = ""
    """As callers and others in a room are shown them: a person's own name, and never their address."""
    everywhere: bool = False
    """An admin of the installation."""
    roles: Mapping[ProjectId, Role] = field(default_factory=dict[ProjectId, Role])

    def role_in(self, project: ProjectId) -> Role | None:
        """None: they have no part in it."""
        return Role.ADMIN if self.everywhere else self.roles.get(project)

    def may(self, project: ProjectId, needed: Role) -> bool:
        """Whether their role covers it."""
        role = self.role_in(project)
        return role is not None and role.covers(needed)


def hashed(secret: str) -> str:
    """What is kept of a secret of ours: they are 256 bits of chance, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """What a page proves that it is ours with: it cannot read the cookie, and others cannot read the page."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
