"""The scanner: a field that keeps the focus for a hand scanner, the phone's camera, and the last answer large, in colour, with sound.

Scans come in order, each message with a number that is answered; one that is sent again is known by it and counted once.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.i18n import _
from core.ui import session
from core.ui.components.state import component_state

ASSETS = Path(__file__).resolve().parent.parent / "assets"
_MOST = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """What the banner says. Another `id` makes it sound and flash."""

    id: str
    tone: str
    title: str
    hint: str
    sound: bool = True


def scanner(key: str, shown: Shown, *, placeholder: str, on_scanned: Callable[[list[str]], None]) -> None:
    """Draw it; `on_scanned` is called with the codes of a message before the page (or fragment) runs again."""
    done = f"{key}_answered"

    def take() -> None:
        message = component_state(key).get("scanned")
        if not isinstance(message, Mapping) or not isinstance(message.get("codes"), list):
            return
        number = message.get("number")
        if not isinstance(number, int | float) or number <= st.session_state.get(done, 0):
            return
        st.session_state[done] = number
        codes = [str(code)[:200] for code in message["codes"][:_MOST]]
        on_scanned([code for code in codes if code.strip()])

    _component()(
        key=key,
        data={
            "answer": {
                "id": shown.id,
                "tone": shown.tone,
                "title": shown.title,
                "hint": shown.hint,
                "sound": shown.sound,
            },
            "ack": st.session_state.get(done, 0),
            "placeholder": placeholder,
            "phone": session.on_phone(),
            "reader": f"assets/camera.js?v={_print('camera.js')}",
            "decoder": f"assets/camera.wasm?v={_print('camera.wasm')}",
            "words": _words(),
        },
        on_scanned_change=take,
    )


def _words() -> dict[str, str]:
    return {
        "open": _("Camera"),
        "close": _("Close the camera"),
        "insecure": _("The camera works only over https. Ask whoever runs the server, or type the code."),
        "failed": _("The camera cannot be opened:"),
    }


@cache
def _print(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]


@st.cache_resource
def _component() -> Callable[..., Any]:
    return component(
        "danliu_scanner",
        css=(ASSETS / "scanner.css").read_text(encoding="utf-8"),
        js=(ASSETS / "scanner.js").read_text(encoding="utf-8"),
    )
