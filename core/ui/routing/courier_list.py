"""Couriers: what we call them, whether they may be chosen, and how each platform names them."""

import pandas as pd
import streamlit as st

from core.i18n import _
from core.services import reference
from core.store.courier_codes import Courier
from core.ui import session, words
from core.ui.forms import attempt


def show() -> None:
    """Draw the tab: a table to edit; what is not filled in is as the platform's connector knows it."""
    actor = session.actor()
    rows = reference.couriers(actor, session.store())
    channels = sorted({channel for row in rows for channel in row.codes})
    st.caption(
        _(
            "A courier that is switched off is not chosen any more. The codes are what each platform wants to hear on dispatch."
        )
    )
    frame = pd.DataFrame(
        [
            {
                "courier": row.courier.courier, "title": row.courier.title, "active": row.courier.active,
                **{channel: row.codes.get(channel, "") for channel in channels},
            }
            for row in rows
        ],
        columns=["courier", "title", "active", *channels],
    )  # fmt: skip
    config = {
        "courier": st.column_config.TextColumn(_("Code"), required=True),
        "title": st.column_config.TextColumn(_("Name"), required=True),
        "active": st.column_config.CheckboxColumn(_("May be chosen"), default=True),
        **{channel: st.column_config.TextColumn(words.channel(channel)) for channel in channels},
    }
    may = actor.may("routing.edit")
    edited = st.data_editor(
        frame, key="courier_rows", hide_index=True, column_config=config, num_rows="dynamic" if may else "fixed",
        disabled=not may, height="content", placeholder="",
    )  # fmt: skip
    if may and st.button(_("Save"), type="primary", key="courier_save"):
        made = [
            Courier(str(row["courier"] or "").strip(), str(row["title"] or "").strip(), bool(row["active"]), place)
            for place, row in enumerate(edited.to_dict("records"))
        ]
        codes = {
            (str(row["courier"]), channel): str(row[channel] or "")
            for row in edited.to_dict("records")
            for channel in channels
        }
        attempt(lambda: reference.save_couriers(actor, session.store(), made, codes), _("Saved."))
