"""What needs a word before it is done: reject, ask, correct the address, change the warehouse, override a refund, bulk."""

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.i18n import _
from core.model.tickets import TEAMS
from core.services import review, review_changes, review_warehouse
from core.services.review import Item
from core.store.refund_gate import ALL, REST
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun
from core.ui.review import acts


def reject(keys: Sequence[int]) -> None:
    """Say no to orders, with a reason."""
    st.write(_("The order stays held and leaves the queue; what risk rules held is learned as fraud."))
    why = st.text_input(_("Reason"), key="reject_why")
    if st.button(_("Reject"), type="primary", key="reject_do", disabled=not why.strip()):
        acts.act(lambda: review.reject(session.actor(), session.store(), keys, why.strip()), _("Rejected {n} orders."))


def ask(key: int) -> None:
    """A question to another team; the order waits for the answer."""
    team = st.selectbox(_("Team"), list(TEAMS), format_func=lambda name: _(TEAMS[name]), key="ask_team")
    question = st.text_area(_("Question"), key="ask_question")
    if st.button(_("Ask"), type="primary", key="ask_do", disabled=not question.strip()):
        who, store = session.actor(), session.store()
        if attempt(lambda: review_changes.ask(who, store, key, team, question)) is not None:
            say_after_rerun(_("Asked; the order waits for the answer."))
            st.rerun()


def correct_address(item: Item) -> None:
    """New values for what is wrong; what stays empty stays as it is."""
    row = item.row
    st.caption(
        _(
            "What stays empty stays as it is. A later word of the platform does not overwrite it; it is shown here for you to choose."
        )
    )
    texts = {
        "recipient": (_("Recipient"), row["recipient"]), "phone": (_("Phone"), row["phone"]),
        "province": (_("Province"), row["province"]), "city": (_("City"), row["city"]),
        "district": (_("District"), row["district"]), "address": (_("Address"), row["address"]),
    }  # fmt: skip
    values = {
        name: st.text_input(label, placeholder=str(now or ""), key=f"fix_{name}")
        for name, (label, now) in texts.items()
    }
    if st.button(_("Save"), type="primary", key="fix_do", disabled=not any(v.strip() for v in values.values())):
        who, store, vault = session.actor(), session.store(), session.vault()
        if attempt(lambda: review_changes.change_address(who, store, vault, item.order_key, values)) is not None:
            say_after_rerun(_("The address is corrected."))
            st.rerun()


def choose_address(item: Item) -> None:
    """What a person corrected beside what the platform says now; one of them is to stand."""
    who, store, vault = session.actor(), session.store(), session.vault()
    conflict = review_changes.conflict_of(who, store, item.order_key)
    if conflict is None:
        st.info(_("Somebody else has decided this already."), icon=":material/done:")
        return
    corrected = _("Corrected by {who} {when}").format(who=conflict.account, when=words.ago(conflict.corrected_at))
    said = _("The platform {when}").format(when=words.ago(conflict.told_at))
    names = ("recipient", "phone", "province", "city", "district", "address")
    sides = ((review_changes.OURS, corrected, item.row), (review_changes.PLATFORM, said, conflict.said))
    for take, title, values in sides:
        with st.container(border=True, key=f"address_{take}"):
            st.markdown(f"**{words.plain(title)}**")
            st.write(words.plain(" ".join(str(values.get(name)) for name in names if values.get(name))))
            label = _("Keep the correction") if take == review_changes.OURS else _("Take the platform's")
            pressed = st.button(
                label, key=f"take_{take}", type="primary" if take == review_changes.OURS else "secondary"
            )
            choose = partial(review_changes.choose_address, who, store, vault, item.order_key, take)
            if pressed and attempt(choose):
                say_after_rerun(_("The address is settled."))
                st.rerun()


def other_warehouse(item: Item) -> None:
    """The warehouse that the whole order is to leave from."""
    who, store = session.actor(), session.store()
    found = {
        code: title for code, title in review_warehouse.choices(who, store).items() if code != item.row["warehouse"]
    }
    if not found:
        st.info(_("There is no other warehouse."), icon=":material/warehouse:")
        return
    st.write(_("The whole order is reserved there, or nothing changes. The routing leaves it there."))
    chosen = st.selectbox(_("Warehouse"), list(found), format_func=lambda code: found[code], key="other_warehouse")
    if not st.button(_("Change the warehouse"), type="primary", key="other_do"):
        return
    if attempt(lambda: review_warehouse.change_warehouse(who, store, item.order_key, chosen)) is not None:
        say_after_rerun(_("The order leaves from {warehouse} now.").format(warehouse=found[chosen]))
        st.rerun()


def override(item: Item) -> None:
    """Let an order go in spite of its refunds, with a name and a reason."""
    scopes = {REST: _("The rest, without the refunded lines"), ALL: _("All of it, the refunded lines too")}
    if item.refund is not None and item.refund.whole:
        scopes.pop(REST)
    scope = st.radio(_("What goes"), list(scopes), format_func=lambda name: scopes[name], key="override_scope")
    st.caption(_("Your name and the reason are kept. A later refund stops the order again."))
    why = st.text_input(_("Reason"), key="override_why")
    if st.button(_("Let it go"), type="primary", key="override_do", disabled=len(why.strip()) < 4):
        who, store = session.actor(), session.store()
        acts.act(lambda: review.override_refund(who, store, [item.order_key], scope, why), _("{n} orders go on."))


def bulk(keys: Sequence[int]) -> None:
    """Many at once: how many, a sample and who is left out, before anything happens."""
    who, store = session.actor(), session.store()
    count, sample, left = review.preview(who, store, keys)
    st.markdown(_("**{n} orders** would be decided.").format(n=words.count(count)))
    for item in sample:
        money = f" · {words.plain(words.money(item.row['paid_fen']))}" if "paid_fen" in item.row else ""
        st.markdown(f"- {words.plain(item.row['platform_no'])}{money} · {_reasons(item)}")
    for why, number in left.items():
        st.caption(f":material/lock: {words.count(number)}: {_(why)}")
    if not count:
        return
    why = st.text_input(_("Reason"), key="bulk_why")
    with st.container(horizontal=True):
        if st.button(_("Release {n} orders").format(n=words.count(count)), type="primary", key="bulk_release"):
            acts.act(lambda: review.release(who, store, keys, why.strip()), _("Released {n} orders."))
        if st.button(_("Reject {n} orders").format(n=words.count(count)), key="bulk_reject", disabled=not why.strip()):
            acts.act(lambda: review.reject(who, store, keys, why.strip()), _("Rejected {n} orders."))
    st.caption(_("Both can be taken back for a minute. A rejection needs a reason."))


def _reasons(item: Item) -> str:
    return words.hold_reasons(json.dumps(list(item.reasons)))
