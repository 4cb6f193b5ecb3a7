"""The status tags tab: coloured marks for orders, how many carry each, and what can be done to them."""

from functools import partial

import streamlit as st

from core.i18n import N_, _, language
from core.services import tags
from core.services.tags import PALETTE, TagRow
from core.store.tags import Tag
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.theme import badge_colour

_COLOURS = {
    "grey": N_("Grey"),
    "blue": N_("Blue"),
    "cyan": N_("Cyan"),
    "purple": N_("Purple"),
    "orange": N_("Orange"),
    "green": N_("Green"),
    "red": N_("Red"),
}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    may_edit = actor.may("model.edit")
    rows = tags.listing(actor, store)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Tags mark orders beside their status. Persons and rules put them on; lists filter by them."))
        if may_edit and st.button(_("Add a tag"), icon=":material/add:", type="primary", key="add_tag"):
            dialog(_("Add a tag"), _form, None)
    if not rows:
        empty(_("No tag yet."), _("Add one, such as VIP or waiting for stock, and give it a colour."), icon="sell")
    for row in rows:
        _row(row, may_edit)


def _row(row: TagRow, may_edit: bool) -> None:
    tag, name = row.tag, row.tag.name
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(tag.title(language()), color=badge_colour(tag.colour))  # type: ignore[arg-type]
        st.markdown(f"`{name}`", width="content")
        st.caption(_("{n} orders").format(n=words.count(row.orders)), width="content")
        if tag.retired:
            st.caption(_("retired"), width="content")
        st.space("stretch")
        if may_edit:
            _actions(row)


def _actions(row: TagRow) -> None:
    actor, store, tag = session.actor(), session.store(), row.tag
    for steps, icon, told in ((-1, "arrow_upward", _("Up")), (1, "arrow_downward", _("Down"))):
        if st.button("", icon=f":material/{icon}:", key=f"tag_{tag.name}_{steps}", help=told) and attempt(
            partial(tags.move_tag, actor, store, tag.name, steps)
        ):
            st.rerun()
    if st.button("", icon=":material/edit:", key=f"tag_{tag.name}_edit", help=_("Change")):
        dialog(_("Change the tag"), _form, tag)
    if tag.retired:
        if st.button("", icon=":material/unarchive:", key=f"tag_{tag.name}_restore", help=_("Restore")) and attempt(
            lambda: tags.retire_tag(actor, store, tag.name, retired=False)
        ):
            st.rerun()
    elif st.button("", icon=":material/archive:", key=f"tag_{tag.name}_retire", help=_("Retire")):
        dialog(_("Retire the tag"), _confirm_retire, row)


def _confirm_retire(row: TagRow) -> None:
    actor, store, tag = session.actor(), session.store(), row.tag
    confirm_before(
        _("Retire"),
        _("{label} is offered no more. The {n} orders that carry it keep it.").format(
            label=f"**{tag.title(language())}**", n=words.count(row.orders)
        ),
        lambda: tags.retire_tag(actor, store, tag.name),
        key="confirm_retire_tag",
        done=_("The tag is retired."),
    )


def _form(tag: Tag | None) -> None:
    zh = st.text_input(_("Label (Chinese)"), value=tag.label_zh if tag else "", key="tag_zh", max_chars=20)
    en = st.text_input(_("Label (English)"), value=tag.label_en if tag else "", key="tag_en", max_chars=20)
    name = tag.name if tag else st.text_input(_("Name"), key="tag_name", help=_("Lower-case letters, digits and _."))
    colour = st.segmented_control(
        _("Colour"),
        PALETTE,
        default=tag.colour if tag else "blue",
        required=True,
        format_func=lambda c: f":{badge_colour(c)}-badge[{_(_COLOURS[c])}]",
        key="tag_colour",
    )
    wanted = Tag(name, zh, en, colour or "blue", tag.retired if tag else False)
    st.markdown(f"{_('It will look so:')} :{badge_colour(wanted.colour)}-badge[{wanted.title(language()) or '…'}]")
    if st.button(_("Save"), type="primary", key="save_tag"):
        actor, store = session.actor(), session.store()
        act = tags.change_tag if tag else tags.add_tag
        if attempt(lambda: act(actor, store, wanted)):
            say_after_rerun(_("The tag is saved."))
            st.rerun()
