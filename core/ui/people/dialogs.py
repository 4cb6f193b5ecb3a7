"""The dialogs of the accounts page. Each says what will happen before it happens."""

from collections.abc import Callable

import streamlit as st

from core.i18n import LANGUAGES, N_, _
from core.services import accounts, company_login, sessions
from core.store.accounts import Account
from core.ui import session
from core.ui.forms import confirm_before, dialog, say_after_rerun
from core.ui.markdown import plain
from core.ui.people.titles import all_roles, role_title

_ROLE_WORDS = {
    "admin": N_("Everything, accounts and secrets included."),
    "lead": N_("Runs the day: orders, channels, exports. Changes no rules and no accounts."),
    "cs": N_(
        "Reads orders, answers buyers, works on tickets, after-sales and the review desk. Changes no order's contents."
    ),
    "warehouse": N_("Picks, packs and updates the outbound state. Sees no other page of orders."),
    "analyst": N_("Reads figures and orders without phone and address; may export."),
}


def open_new() -> None:
    """The dialog for a new account."""
    st.session_state.pop("made_account", None)
    dialog(_("Add an account"), add_form)


def open_for(action: str, account: Account) -> None:
    """The dialog of an action of the card's menu."""
    st.session_state.pop("made_account", None)
    titles = {
        "change": _("Change {name}"),
        "reset": _("Reset the password of {name}"),
        "logins": _("End the logins of {name}"),
        "step": _("Reset the second step of {name}"),
        "release": _("Release {name} from the company login"),
        "off": _("Switch off {name}"),
        "on": _("Switch on {name}"),
    }
    dialog(titles[action].format(name=plain(account.display_name)), _DRAW[action], account)


def add_form() -> None:
    """The form; after its button the temporary password in its place."""
    _form_then_password("", _add)


def _form_then_password(account: str, form: Callable[[], tuple[str, str] | None]) -> None:
    """Draw the form until it gives (account, temporary password), then those two."""
    made = st.session_state.get("made_account")
    slot = st.empty()
    if not made or made[0] != (account or made[0]):
        with slot.container():
            made = form()
        if made is None:
            return
        st.session_state["made_account"] = made
    with slot.container():
        _hand_over(*made)


def _add() -> tuple[str, str] | None:
    account = st.text_input(
        _("Account"), key="new_account", help=_("Letters, digits, dots, @ or hyphens."), max_chars=32
    )
    name = st.text_input(_("Name"), key="new_name", max_chars=60)
    role = _role("new_role", "cs")
    language = _language("new_language", "")
    st.caption(_("A temporary password is shown once. The person chooses an own one at the first login."))
    if not st.button(_("Add"), type="primary", disabled=not account.strip(), key="new_add"):
        return None
    return account.strip(), accounts.add(session.actor(), session.store(), account, name, role, language)


def _change(account: Account) -> None:
    name = st.text_input(_("Name"), value=account.display_name, key="change_name", max_chars=60)
    role = _role("change_role", account.role)
    language = _language("change_language", account.language)
    if role != account.role:
        st.caption(_("The new role counts at the person's next action."))
    if st.button(_("Save"), type="primary", key="change_save"):
        actor, store = session.actor(), session.store()
        accounts.change(actor, store, account.account, display_name=name, role=role, language=language)
        say_after_rerun(_("Saved."))
        st.rerun()


def _reset(account: Account) -> None:
    _form_then_password(account.account, lambda: _new_password(account))


def _new_password(account: Account) -> tuple[str, str] | None:
    st.write(_("The present password stops working, all logins of this person end, and a temporary one is shown once."))
    if not st.button(_("Reset password"), type="primary", key="reset_do"):
        return None
    return account.account, accounts.reset_password(session.actor(), session.store(), account.account)


def _hand_over(account: str, password: str) -> None:
    """The temporary password, shown this once: it is gone when the dialog closes."""
    st.write(_("Hand this over to the person. It is not shown again."))
    st.code(f"{_('Account')}: {account}\n{_('Password')}: {password}", language=None)
    if st.button(_("Close"), key="handed_over"):
        st.session_state.pop("made_account", None)
        st.rerun()


def _logins(account: Account) -> None:
    confirm_before(
        _("End logins"),
        _("This person is logged out in every browser at once and can log in again."),
        lambda: accounts.end_logins(session.actor(), session.store(), account.account),
        key="end_logins",
    )


def _off(account: Account) -> None:
    confirm_before(
        _("Switch off"),
        _("This person is logged out at once and cannot log in until switched on again. The history stays."),
        lambda: accounts.set_active(session.actor(), session.store(), account.account, active=False),
        key="switch_off",
    )


def _on(account: Account) -> None:
    confirm_before(
        _("Switch on"),
        _("This person can log in again with the former password and role."),
        lambda: accounts.set_active(session.actor(), session.store(), account.account, active=True),
        key="switch_on",
    )


def _step(account: Account) -> None:
    confirm_before(
        _("Reset the second step"),
        _("For a lost phone: the person logs in with the password alone and can set it up again. All logins end."),
        lambda: sessions.reset_second_step(session.actor(), session.store(), account.account),
        key="reset_step",
    )


def _release(account: Account) -> None:
    confirm_before(
        _("Release from the company login"),
        _(
            "The next person with this name at the company login gets the account. For somebody who was set up anew there."
        ),
        lambda: company_login.let_go(session.actor(), session.store(), account.account),
        key="release_account",
    )


_DRAW = {
    "release": _release,
    "step": _step,
    "change": _change,
    "reset": _reset,
    "logins": _logins,
    "off": _off,
    "on": _on,
}


def _role(key: str, present: str) -> str:
    names = all_roles()
    place = names.index(present) if present in names else 0
    role = st.selectbox(_("Role"), names, index=place, format_func=role_title, key=key)
    if role in _ROLE_WORDS:
        st.caption(_(_ROLE_WORDS[role]))
    return role


def _language(key: str, present: str) -> str:
    options = ["", *LANGUAGES]
    place = options.index(present) if present in options else 0
    return st.selectbox(
        _("Language"),
        options,
        index=place,
        format_func=lambda code: LANGUAGES.get(code) or _("As configured"),
        key=key,
    )
