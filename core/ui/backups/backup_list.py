"""The back-ups there are: make one, prove one, put one back."""

import streamlit as st

from core import runtime
from core.i18n import _
from core.services import backups
from core.services.backups import Kept
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.words import ago, instant


def backup_list() -> None:
    """The tab."""
    settings = runtime.settings()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_when(settings.backup_at, settings.backup_keep, str(settings.backup_folder.name)))
        st.button(
            _("Back up now"),
            key="backup_make",
            icon=":material/save:",
            type="primary",
            on_click=_make,
        )
    found = backups.listing(session.actor(), session.store(), settings)
    if not found:
        empty(
            _("There is no back-up yet."),
            _("The first one is made tonight by itself; make one now to be sure."),
            icon="backup",
        )
    for each in found:
        _card(each)


def _when(at: str, keep: int, folder: str) -> str:
    if not at:
        return _("The daily back-up is switched off in config.toml.")
    return _(
        "Every day at {at}, the newest {keep} are kept in the folder {folder}. Orders keep flowing meanwhile. "
        "The key file is not in a back-up: keep a copy of it elsewhere."
    ).format(at=at, keep=keep, folder=folder)


def _make() -> None:
    with st.spinner(_("Backing up …")):
        attempt(
            lambda: backups.make(session.actor(), session.store(), runtime.settings().backup_folder),
            _("The back-up is made."),
        )


def _card(each: Kept) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"card_{each.name}"):
        with st.container(gap=None):
            st.markdown(f"**{instant(each.made_at, session.zone())}** &nbsp;{_proof(each)}")
            st.caption(
                _("{ago} · {size} MB · {rows} rows in {tables} tables").format(
                    ago=ago(each.made_at),
                    size=f"{each.bytes / 1_000_000:,.1f}",
                    rows=f"{each.rows:,}",
                    tables=len(each.tables),
                )
            )
        if st.button(_("Prove"), key=f"prove_{each.name}", icon=":material/fact_check:", help=_prove()):
            _verify(each)
        if st.button(_("Restore …"), key=f"restore_{each.name}", icon=":material/settings_backup_restore:"):
            dialog(_("Restore this back-up"), _restore, each)


def _prove() -> str:
    return _("Restores it beside the store, compares every table, and throws that copy away.")


def _proof(each: Kept) -> str:
    if each.verified_at is None:
        return f":gray-badge[{_('not proven')}]"
    return f":green-badge[:material/check: {_('proven')}]"


def _verify(each: Kept) -> None:
    with st.spinner(_("Restoring it for a proof …")):
        done = attempt(lambda: backups.verify(session.actor(), session.store(), runtime.settings(), each.name))
    if done is not None:
        say_after_rerun(_("Every table is as it was written."))
        st.rerun()


def _restore(each: Kept) -> None:
    confirm_before(
        _("Restore now"),
        _(
            "The store becomes what it was on {when}. Orders that came since are pulled again by themselves; accounts, "
            "rules and decisions changed since are lost. The present file is set aside beside the store. Nobody can work "
            "for about a minute."
        ).format(when=instant(each.made_at, session.zone())),
        lambda: backups.put_back(session.actor(), session.store(), runtime.settings(), each.name, runtime.exchange),
        key=f"sure_{each.name}",
        done=_("Restored."),
    )
