"""Parts of a page, one at a time: a segmented control whose choice stands in the address as a code, never as a label."""

from collections.abc import Mapping

import streamlit as st

from core.i18n import _


def tabs(key: str, titles: Mapping[str, str], *, label: str = "") -> str:
    """The chosen code. `titles` are gettext source texts by code, the first one is the default; a link `?key=code` opens
    that part."""
    codes = list(titles)
    if st.session_state.get(key) not in codes:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in codes else codes[0]
    chosen = st.segmented_control(
        label or _("Part"),
        codes,
        required=True,
        format_func={code: _(title) for code, title in titles.items()}.__getitem__,
        key=key,
        label_visibility="collapsed",
        persist_state="page",
    )
    code = chosen or codes[0]
    wanted = None if code == codes[0] else code
    if st.query_params.get(key) != wanted:
        if wanted is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = wanted
    return code
