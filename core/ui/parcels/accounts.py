"""The tab Services and rules: accounts at couriers' services by form with a test, and when a parcel counts as late."""

import streamlit as st

from core.channels.base import Setting
from core.flow.on_the_road import COMPLETES, Policy
from core.i18n import _
from core.services import parcels
from core.services.parcels import Form
from core.store.tracking_accounts import Account
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    may = actor.may("parcels.setup")
    forms, known = parcels.forms(actor, store), parcels.accounts(actor, store)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Couriers' services"))
        if may:
            for kind, form in forms.items():
                if st.button(
                    _("Add {title}").format(title=_(form.title)), icon=":material/add:", key=f"tracking_add_{kind}"
                ):
                    dialog(_(form.title), _form, form, None, width="medium")
    st.caption(
        _("The first account that knows a parcel's courier is asked; codes of couriers stand on the page Routing.")
    )
    if not known:
        empty(
            _("No service is set up yet."),
            _("With an account at one of them parcels tell where they are, and which are stuck or come back."),
            icon="route",
        )
    for account in known:
        _card(account, forms.get(account.kind), may)
    _policy(may)


def _card(account: Account, form: Form | None, may: bool) -> None:
    actor, store = session.actor(), session.store()
    with st.container(border=True, key=f"tracking_{account.name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{words.plain(account.name)}** · {_(form.title) if form else words.plain(account.kind)}",
                width="stretch",
            )
            if not account.active:
                st.badge(_("Rests"), color="gray")
        how = (
            _("Pushes to {address}").format(address=account.callback)
            if account.callback
            else _("Is asked; pushes nothing")
        )
        st.caption(words.plain(how))
        if not may or form is None:
            return
        with st.container(horizontal=True):
            if st.button(_("Test"), icon=":material/play_arrow:", key=f"tracking_test_{account.name}"):
                dialog(_("Test"), _test, account)
            if st.button(_("Change"), icon=":material/edit:", key=f"tracking_edit_{account.name}"):
                dialog(_(form.title), _form, form, account, width="medium")
            label = _("Let it rest") if account.active else _("Use it again")
            if st.button(label, key=f"tracking_switch_{account.name}", type="tertiary") and attempt(
                lambda: parcels.switch_account(actor, store, account.name, not account.active)
            ):
                st.rerun()
            if st.button(_("Remove"), key=f"tracking_remove_{account.name}", type="tertiary"):
                dialog(
                    _("Remove"), confirm_before, _("Remove"), _("The account is forgotten; what it told stays."),
                    lambda: parcels.remove_account(actor, store, account.name), key="tracking_remove_do",
                )  # fmt: skip


def _form(form: Form, account: Account | None) -> None:
    name = account.name if account else st.text_input(_("Name"), value=form.kind, key="tracking_name", max_chars=40)
    values = {setting.name: _field(setting, account) for setting in form.settings}
    callback = st.text_input(
        _("Address for pushes"), value=account.callback if account else "", key="tracking_callback",
        placeholder=f"https://…/hooks/tracking/{name or form.kind}",
        help=_("The public address of this product followed by /hooks/tracking/ and the name. Empty: parcels are asked for in turn."),
    )  # fmt: skip
    if st.button(_("Save"), type="primary", key="tracking_save") and attempt(
        lambda: parcels.save_account(
            session.actor(), session.store(), session.vault(), name, form.kind, values, callback=callback,
            active=account.active if account else True,
        )
    ):  # fmt: skip
        say_after_rerun(_("Saved. Test it now."))
        st.rerun()


def _field(setting: Setting, account: Account | None) -> str:
    secret = setting.kind == "secret"
    present = "" if secret else str((account.settings if account else {}).get(setting.name) or setting.default)
    return st.text_input(
        _(setting.label), value=present, type="password" if secret else "default", key=f"tracking_{setting.name}_field",
        help=_(setting.help) if setting.help else None, placeholder=_("stays as it is") if secret and account else None,
    )  # fmt: skip


def _test(account: Account) -> None:
    st.caption(
        _("Without a waybill one that does not exist is asked for: the answer shows whether the account is right.")
    )
    courier = st.text_input(_("Courier"), key="tracking_test_courier", placeholder="SF", max_chars=20)
    number = st.text_input(_("Tracking number"), key="tracking_test_number", max_chars=40)
    tail = st.text_input(_("Last four of the phone"), key="tracking_test_tail", max_chars=4)
    if st.button(_("Ask now"), type="primary", key="tracking_test_do"):
        check = attempt(
            lambda: parcels.try_account(
                session.actor(), session.store(), session.vault(), account.name, courier=courier.strip(), tracking_no=number,
                phone_tail=tail,
            )
        )  # fmt: skip
        if check is not None:
            (st.success if check.ok else st.error)(
                f"{words.plain(check.said)} {words.plain(check.hint) if check.hint else ''}"
            )


def _policy(may: bool) -> None:
    actor, store = session.actor(), session.store()
    present = parcels.policy(actor, store)
    st.subheader(_("When a parcel is in trouble"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.number_input(
            _("Hours without the first scan"), 1, 720, present.no_scan_hours, key="policy_no_scan", disabled=not may
        )
        still = st.number_input(
            _("Hours without movement"), 1, 720, present.stuck_hours, key="policy_stuck", disabled=not may
        )
    completes = st.radio(
        _("The last delivered parcel completes the order"), list(COMPLETES), index=list(COMPLETES).index(present.completes),
        format_func=lambda name: _(COMPLETES[name]), key="policy_completes", disabled=not may,
    )  # fmt: skip
    wanted = Policy(int(first), int(still), completes or present.completes)
    pressed = may and st.button(_("Save"), type="primary", key="policy_save", disabled=wanted == present)
    if pressed and attempt(lambda: parcels.save_policy(actor, store, wanted)):
        say_after_rerun(_("Counts from the next minute on."))
        st.rerun()
