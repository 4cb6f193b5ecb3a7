"""What a component of ours has told in its state. The browser may send anything, so it is read as text from outside."""

from collections.abc import Mapping
from typing import Any

import streamlit as st


def component_state(key: str) -> Mapping[str, Any]:
    """The state of the component with this key; empty before it was drawn, or for what is no map."""
    state = st.session_state.get(key)
    return state if isinstance(state, Mapping) else {}
