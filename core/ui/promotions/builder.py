"""The form of an activity: what, for whom, when; its sentence grows while typing. Draft, try, publish."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from core import clock
from core.decide.promotion.activity import WALL_CLOCK
from core.decide.promotion.sentence import EXCLUSIVES, GROUP_MODES, LEVELS, MODES, TYPES, differences, say
from core.errors import DanliuError
from core.i18n import N_, _
from core.model.fields import CHANNELS
from core.model.region import REGIONS
from core.services import gifts, promotions
from core.ui import session
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun, show_error
from core.ui.promotions import examples, trial_view
from core.ui.promotions.type_forms import parameters

_EDITED = "promotion_edited"
# The sentence stays in sight beside a long form; on a phone it stands below it.
_BESIDE = "<style>@media (min-width: 900px) {div:has(> .st-key-promo_beside) {position: sticky; top: 4.5rem}}</style>"
Body = Mapping[str, Any]
_FIELDS = {
    "price": N_("the price"),
    "threshold": N_("the threshold"),
    "reduce": N_("the reduction"),
    "buy": N_("the threshold"),
    "give": N_("the gift"),
    "gifts": N_("the gift"),
    "set": N_("what one set holds"),
}
_KEPT = ("examples", "enabled", "title")  # what the form does not show goes through untouched


def begin(body: Body | None = None, *, new: bool = False) -> None:
    """Open the form: an activity's newest body, or a new one; with `new` a body that is not kept yet."""
    serial = st.session_state.get(_EDITED, {}).get("serial", 0) + 1
    fresh = {"id": clock.now().astimezone(session.place()).strftime("p%y%m%d%H%M%S"), "type": "gift", "mode": "live"}
    actor, store = session.actor(), session.store()
    st.session_state[_EDITED] = {
        "open": True, "serial": serial, "old": dict(body or fresh), "new": new or body is None,
        "skus": promotions.known_skus(actor, store), "gifts": {g.sku: g.name for g in gifts.listing(actor, store)},
    }  # fmt: skip


def is_open() -> bool:
    """Whether the form is open."""
    return bool(st.session_state.get(_EDITED, {}).get("open"))


def close() -> None:
    """Back to the calendar."""
    if _EDITED in st.session_state:
        st.session_state[_EDITED]["open"] = False


def show() -> None:
    """Draw the form."""
    edited = st.session_state[_EDITED]
    key = f"promo{edited['serial']}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Back"), icon=":material/arrow_back:", key="promo_back", type="tertiary"):
            close()
            st.rerun()
        st.subheader(_("New activity") if edited["new"] else _("Change the activity"), width="stretch")
    st.html(_BESIDE)
    form, beside = st.columns([3, 2], gap="large")
    with form:
        body = _form(key, edited)
    with beside:
        _beside(body, edited)
    trial_view.show(body, key)


def _form(key: str, edited: Mapping[str, Any]) -> dict[str, Any]:
    old = edited["old"]
    body: dict[str, Any] = {"id": old["id"], **{name: old[name] for name in _KEPT if name in old}}
    kind = st.selectbox(
        _("What kind of activity"), list(TYPES), index=list(TYPES).index(old["type"]) if old["type"] in TYPES else 0,
        format_func=lambda code: _(TYPES[code]), key=f"{key}_kind",
    )  # fmt: skip
    name = st.text_input(
        _("Name"), old.get("name", ""), key=f"{key}_name", max_chars=60, placeholder=_("What the team calls it")
    )
    body |= {"type": kind, "name": name or _(TYPES[kind])}
    _period(key, old, body)
    _goods(key, old, body, edited["skus"])
    _whom(key, old, body)
    with st.container(border=True):
        st.markdown(f"**{_(TYPES[kind])}**")
        body |= parameters(kind, key, old, edited["gifts"], edited["skus"])
    body["mode"] = st.segmented_control(
        _("Once published it is"), list(MODES), default=old.get("mode") or "off", required=True,
        format_func=lambda code: _(MODES[code]), key=f"{key}_mode",
        help=_("In shadow it leaves its decision on each order and changes nothing."),
    )  # fmt: skip
    _advanced(key, old, body, new=edited["new"])
    note = st.text_input(_("Note"), old.get("note", ""), key=f"{key}_note", max_chars=200)
    changed = examples.edit(key, body, body.get("examples") or ())
    if changed is not None:
        st.session_state[_EDITED]["old"] = {**old, "examples": changed}
        st.rerun()
    return {**body, "note": note} if note else body


def _period(key: str, old: Body, body: dict[str, Any]) -> None:
    left, right = st.columns(2)
    for place, name, label in ((left, "start_at", _("Begins")), (right, "end_at", _("Until before"))):
        start = datetime.strptime(old[name], WALL_CLOCK) if old.get(name) else None  # noqa: DTZ007 - wall clock
        with place:
            chosen = st.datetime_input(label, start, key=f"{key}_{name}", format="YYYY-MM-DD", step=60)
        if chosen is not None:
            body[name] = chosen.strftime(WALL_CLOCK)
    st.caption(
        _(
            "The instant of payment counts, on the shop's clock. Paid exactly at the end is too late: nothing has to be switched off."
        )
    )


def _goods(key: str, old: Body, body: dict[str, Any], skus: Mapping[str, str]) -> None:
    scope = old.get("scope") or {}

    def chosen(name: str, label: str, known: list[str], help: str | None = None) -> list[str]:
        before = list(scope.get(name) or ())
        return st.multiselect(
            label, list(dict.fromkeys([*before, *known])), default=before, key=f"{key}_{name}", accept_new_options=True,
            format_func=lambda code: f"{code} · {skus[code]}" if skus.get(code) else code, help=help,
            placeholder=_("All goods; choose or type") if name == "skus" else _("Choose or type"),
        )  # fmt: skip

    found: dict[str, list[str]] = {}
    found["skus"] = chosen("skus", _("For which goods"), list(skus))
    with st.expander(
        _("Categories and goods left out"), expanded=bool(scope.get("categories") or scope.get("exclude_skus"))
    ):
        hint = _("The own field x_category of the line, else its product (SPU). With goods chosen too, both must fit.")
        found["categories"] = chosen("categories", _("Categories"), [], hint)
        found["exclude_skus"] = chosen("exclude_skus", _("Goods left out"), list(skus))
    filled = {name: values for name, values in found.items() if values}
    if filled:
        body["scope"] = filled


def _whom(key: str, old: Body, body: dict[str, Any]) -> None:
    channels = st.multiselect(
        _("On which platforms"), list(dict.fromkeys([*CHANNELS, *(old.get("platforms") or ())])),
        default=old.get("platforms") or [], format_func=lambda code: _(CHANNELS[code]) if code in CHANNELS else code,
        key=f"{key}_platforms", placeholder=_("All platforms"),
    )  # fmt: skip
    if channels:
        body["platforms"] = channels
    shown = bool(old.get("regions") or old.get("exclude_regions") or old.get("new_customer_only"))
    with st.expander(_("Provinces and customers"), expanded=shown):
        for name, label in (
            ("regions", _("Only to these provinces")),
            ("exclude_regions", _("Not to these provinces")),
        ):
            chosen = st.multiselect(
                label,
                list(REGIONS),
                default=old.get(name) or [],
                key=f"{key}_{name}",
                placeholder=_("Choose provinces"),
            )
            if chosen:
                body[name] = chosen
        if st.checkbox(_("Only a customer's first order"), bool(old.get("new_customer_only")), key=f"{key}_new"):
            body["new_customer_only"] = True


def _advanced(key: str, old: Body, body: dict[str, Any], *, new: bool) -> None:
    if body["type"] == "limit":
        return
    money = body["type"] != "gift"
    with st.expander(_("How it meets other activities")):
        priority = st.number_input(
            _("Priority"), value=int(old.get("priority") or 0), step=1, key=f"{key}_priority",
            help=_("Higher comes first on its level; later ones see what is left to pay."),
        )  # fmt: skip
        if priority:
            body["priority"] = int(priority)
        if money:
            _competition(key, old, body)
        elif st.checkbox(
            _("Give even beside an exclusive activity"), bool(old.get("ignore_exclusive")), key=f"{key}_ignore"
        ):
            body["ignore_exclusive"] = True
        if new:
            code = st.text_input(
                _("Code"), old["id"], key=f"{key}_id", help=_("It stands on the gift's line and in reports.")
            )
            body["id"] = (code or "").strip() or old["id"]


def _competition(key: str, old: Body, body: dict[str, Any]) -> None:
    def choice(name: str, label: str, words: Mapping[str, str], none: str) -> None:
        chosen = st.selectbox(
            label, [None, *words], index=[None, *words].index(old.get(name)), key=f"{key}_{name}",
            format_func=lambda code: none if code is None else _(words[code]),
        )  # fmt: skip
        if chosen:
            body[name] = chosen

    choice("level", _("Level"), LEVELS, _("by its type"))
    group = st.text_input(
        _("Group"), old.get("group_id") or "", key=f"{key}_group_id",
        help=_("Activities of one group compete; those of different groups add up."),
    )  # fmt: skip
    if group and group.strip():
        body["group_id"] = group.strip()
        choice("group_mode", _("Within the group"), GROUP_MODES, _("as the group's first says"))
    choice("exclusive", _("Exclusive"), EXCLUSIVES, _("no, it adds up"))


def _beside(body: dict[str, Any], edited: Mapping[str, Any]) -> None:
    actor, store = session.actor(), session.store()
    with st.container(border=True, key="promo_beside"):
        st.markdown(f"**{_('What it does')}**")
        try:
            checked = promotions.check(actor, store, body, zone=session.zone())
        except DanliuError as error:
            _lacking(error)
            return
        st.markdown(_escaped(say(body)))
        for warning in checked.warnings:
            st.warning(warning, icon=":material/info:")
        for failed in checked.failed:
            st.error(_("Its own example does not pass: {failed}").format(failed=failed))
        if not edited["new"]:
            told = differences(edited["old"], body)
            st.caption(_("Changed so far:") if told else _("Nothing is changed yet."))
            for sentence in told:
                st.caption(_escaped(f"• {sentence}"))
        if actor.may("promotions.edit"):
            _buttons(body, checked.warnings)


def _lacking(error: DanliuError) -> None:
    """What is still empty in the form's own words; any other fault as it is."""
    key, value = str(error.values.get("key")), error.values.get("value")
    if key == "end_at":
        st.warning(_("The end must lie after the begin."), icon=":material/event_busy:")
    elif key in _FIELDS and value in ("None", "{}", "[]"):
        st.info(_("Still to fill in: {field}").format(field=_(_FIELDS[key])), icon=":material/edit:")
    else:
        show_error(error)


def _buttons(body: dict[str, Any], warnings: tuple[str, ...]) -> None:
    actor, store = session.actor(), session.store()
    with st.container(horizontal=True):
        if st.button(_("Save draft"), key="promo_save", icon=":material/save:") and attempt(
            lambda: promotions.save(actor, store, body)
        ):
            close()
            say_after_rerun(_("The draft is kept. It changes no order until it is published."))
            st.rerun()
        if st.button(_("Publish"), key="promo_publish", type="primary", icon=":material/rocket_launch:"):
            dialog(_("Publish"), partial(_confirm, body, warnings), width="medium")


def _confirm(body: dict[str, Any], warnings: tuple[str, ...]) -> None:
    actor, store = session.actor(), session.store()
    for warning in warnings:
        st.warning(warning, icon=":material/info:")

    def publish() -> Any:
        draft = promotions.save(actor, store, body)
        live = promotions.publish(actor, store, body["id"], draft.version)
        close()
        return live

    effects = {
        "live": _("From the next order on (at most a second from now):"),
        "shadow": _("From the next order on it leaves its decision, and changes nothing:"),
        "off": _("It is kept as published, switched off:"),
    }
    confirm_before(
        _("Publish"), f"{effects[body['mode']]}  \n**{_escaped(say(body))}**", publish, key="promo_publish_confirm",
        done=_("Published."),
    )  # fmt: skip


def _escaped(text: str) -> str:
    """A sentence with names typed by people, as text of Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#$~|" else sign for sign in text)
