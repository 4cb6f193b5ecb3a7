"""Who acts: a person, or the system itself. Every service takes the actor first."""

from dataclasses import dataclass

from core.people.permissions import NAMES, of_role


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. Made from a login at each request, never kept longer than it."""

    account: str
    role: str
    permissions: frozenset[str]
    display_name: str = ""
    language: str = ""

    def may(self, permission: str) -> bool:
        """Whether the actor holds the permission."""
        return permission in self.permissions


def person(account: str, role: str, *, display_name: str = "", language: str = "") -> Actor:
    """An actor with the permissions of a role."""
    return Actor(account, role, of_role(role), display_name or account, language)


SYSTEM = Actor("system", "system", NAMES, "system")
