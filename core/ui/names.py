"""Shops and own channels by their titles, asked for once in a while by all sessions together."""

import streamlit as st

from core import i18n, runtime
from core.services.titles import Titles, titles
from core.ui import session, words


def shops() -> dict[str, str]:
    """The title of each `channel/shop`."""
    return _titles(session.store().url, i18n.language()).shops


def shop(channel: str, code: str) -> str:
    """A shop's title; its code where it has none."""
    return shops().get(f"{channel}/{code}", code)


def shop_of_any_channel(code: str) -> str:
    """The titles of the shops with this code, which one code of two channels can have."""
    found = dict.fromkeys(title for name, title in shops().items() if name.partition("/")[2] == code)
    return words.listed(list(found)) if found else code


def channels() -> dict[str, str]:
    """The titles of the operator's own channels."""
    return _titles(session.store().url, i18n.language()).channels


def channel(name: str) -> str:
    """A channel in words, an own one by its title."""
    return channels().get(name) or words.channel(name)


@st.cache_data(ttl=10, max_entries=8, show_spinner=False)
def _titles(store_url: str, language: str) -> Titles:  # noqa: ARG001 - the key of the cache
    return titles(session.actor(), session.store(), runtime.settings())
