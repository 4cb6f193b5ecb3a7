"""Roles by their titles: ready-made ones in the reader's language, own ones as the operator named them."""

import streamlit as st

from core import i18n
from core.i18n import _
from core.people.permissions import ROLES
from core.services import roles
from core.ui import session


def role_title(role: str) -> str:
    """A role in words; its code for one that is gone."""
    known = _titles(session.store().url, session.store().version, i18n.language())
    return known.get(role, role)


def all_roles() -> list[str]:
    """The codes of all roles, the ready-made ones first."""
    return list(_titles(session.store().url, session.store().version, i18n.language()))


@st.cache_data(max_entries=8, show_spinner=False)
def _titles(store_url: str, version: int, language: str) -> dict[str, str]:  # noqa: ARG001 - the key of the cache
    found = roles.titles(session.actor(), session.store())
    return {role: _(title) if role in ROLES else title for role, title in found.items()}
