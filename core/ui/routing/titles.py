"""What warehouses and couriers are called on the page, and words for the routing's own codes."""

import streamlit as st

from core.i18n import N_, _
from core.services import reference
from core.ui import session, words

MODES = {"live": N_("In force"), "shadow": N_("Watching"), "off": N_("Off")}
STATES = {
    "draft": N_("draft"),
    "published": N_("in force"),
    "superseded": N_("replaced"),
    "broken": N_("cannot be read"),
}


STARTER = "routing"
"""The name of the policy that ships with the product; a person's own policy is called as it was named."""


def policy(name: str) -> str:
    """A policy's name to show."""
    return _("Starter policy") if name == STARTER else name


def places() -> dict[str, str]:
    """warehouse -> title, those of the store."""
    return reference.titles(session.store())[0]


def firms() -> dict[str, str]:
    """courier -> title."""
    return reference.titles(session.store())[1]


def joined(names: str, known: dict[str, str]) -> str:
    """Names joined by " + " as titles; a dash for none."""
    return " + ".join(known.get(name, name) for name in names.split(" + ")) if names else words.NONE


def state(name: str) -> str:
    """A version's state in words."""
    return _(STATES.get(name, name))


def quiet(text: str) -> None:
    """A caption of a text from outside."""
    st.caption(words.plain(text))
