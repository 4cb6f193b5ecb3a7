"""Who acts: a person, or the system itself. Every service takes the actor first."""

from dataclasses import dataclass

from core.people.permissions import NAMES, of_role
from core.people.roles import Role
from core.store.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who asks. Made from a login at each request, never kept longer than it.

    `scope`: what part of the store the role sees. A service takes such an actor with the store bound to that scope only.
    """

    account: str
    role: str
    permissions: frozenset[str]
    display_name: str = ""
    language: str = ""
    scope: Scope = EVERYTHING
    role_title: str = ""

    def may(self, permission: str) -> bool:
        """Whether the actor holds the permission."""
        return permission in self.permissions


def person(account: str, role: str, *, display_name: str = "", language: str = "") -> Actor:
    """An actor with the permissions that the code's table gives a ready-made role."""
    return Actor(account, role, of_role(role), display_name or account, language)


def person_with(account: str, role: Role, *, display_name: str = "", language: str = "") -> Actor:
    """An actor with a role as it counts now."""
    return Actor(account, role.role, role.permissions, display_name or account, language, role.scope, role.title)


SYSTEM = Actor("system", "system", NAMES, "system")
