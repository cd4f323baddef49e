"""What a person, or a program with a key, may do in a project."""

from enum import StrEnum


class Role(StrEnum):
    """Each may do all that those before it may."""

    VIEWER = "viewer"
    """Look on; personal values are masked."""
    SUPERVISOR = "supervisor"
    """See and hear personal data, listen in, supervise calls and begin them."""
    EDITOR = "editor"
    """Change and publish flows; change agents, numbers, knowledge, tools and secrets."""
    ADMIN = "admin"
    """Say who may do what, make keys and webhooks, erase callers, delete the project."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return list(Role).index(self)

    def covers(self, needed: "Role") -> bool:
        """Whether whoever has this role may do what needs the other."""
        return self.rank >= needed.rank
