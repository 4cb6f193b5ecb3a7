"""A connector's settings as widgets, drawn from its declaration. Secrets are typed in and never shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.channels.base import Setting
from core.i18n import _


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a shop already: plain values, and the names of the settings that hold one (secrets too)."""

    values: Mapping[str, str]
    filled: frozenset[str] = frozenset()


def fields(settings: Sequence[Setting], kept: Kept, *, key: str) -> dict[str, str]:
    """Draw the settings, the needed ones first; returns the texts as typed."""
    needed = [s for s in settings if s.required and not s.default and not s.granted]
    others = [s for s in settings if s not in needed]
    values = {setting.name: _field(setting, kept, key) for setting in needed}
    if others:
        opened = any(s.name in kept.filled for s in others) or not needed
        with st.expander(_("More settings ({n})").format(n=len(others)), expanded=opened):
            columns = st.columns(2)
            for place, setting in enumerate(others):
                with columns[place % 2]:
                    values[setting.name] = _field(setting, kept, key)
    return values


def _field(setting: Setting, kept: Kept, key: str) -> str:
    label = _(setting.label) + (" *" if setting.required and not setting.default and not setting.granted else "")
    told = _(setting.help) if setting.help else _("Empty: “Authorise” brings it.") if setting.granted else None
    name = f"{key}_{setting.name}"
    value = kept.values.get(setting.name) or setting.default
    if setting.kind == "secret":
        known = setting.name in kept.filled
        hint = _("kept; leave empty to keep it") if known else ""
        return st.text_input(label, type="password", key=name, help=told, placeholder=hint, autocomplete="off")
    if setting.kind == "choice":
        place = setting.choices.index(value) if value in setting.choices else 0
        return st.selectbox(label, setting.choices, index=place, key=name, help=told) or ""
    if setting.kind == "boolean":
        return "true" if st.checkbox(label, value=value == "true", key=name, help=told) else "false"
    if setting.kind == "json" or "\n" in value:
        return st.text_area(label, value=value, key=name, help=told, height=110)
    return st.text_input(label, value=value, key=name, help=told)
