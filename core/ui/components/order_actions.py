"""What a person does with the orders of a view: export, tag, save the view. Each says its effect before it acts."""

from typing import Any

import streamlit as st

from core.errors import DanliuError
from core.i18n import _, language
from core.services import export, orders, views
from core.services.order_query import OrderQuery
from core.ui import session, words
from core.ui.components.order_filters import active, use_view
from core.ui.forms import attempt, dialog, say_after_rerun, show_error


def action_bar(document: dict[str, Any], query: OrderQuery, total: int, picked: tuple[str, ...]) -> None:
    """The buttons above the list that the actor's rights allow."""
    who = session.actor()
    _views(document)
    if who.may("orders.tag") and total:
        label = _("Tag {n} picked").format(n=len(picked)) if picked else _("Tag")
        if st.button(label, icon=":material/label:", key="act_tag"):
            wanted = orders.by_keys(picked) if picked else query
            dialog(_("Tag orders"), _tag, wanted, len(picked) or total)
    if who.may("orders.export") and total and st.button(_("Export"), icon=":material/download:", key="act_export"):
        dialog(_("Export orders"), _export, query, total)


def _tag(query: OrderQuery, number: int) -> None:
    known = orders.tags(session.actor(), session.store())
    if not known:
        st.info(_("There is no tag yet. Make one on the page Data model."), icon=":material/label_off:")
        return
    titles = {tag.name: tag.title(language()) for tag in known}
    name = st.selectbox(_("Tag"), list(titles), format_func=lambda n: titles[n], key="tag_name")
    does = {"put": _("Put on"), "take": _("Take off")}
    how = st.segmented_control(_("Action"), list(does), default="put", format_func=lambda k: does[k], key="tag_how")
    put = how != "take"
    sample = orders.sample(session.actor(), session.store(), session.vault(), query)
    says = _("{n} orders get the tag {tag}.") if put else _("{n} orders lose the tag {tag}.")
    st.write(says.format(n=words.count(number), tag=titles[name]))
    st.caption(_("Among them: {sample}").format(sample=words.listed(sample)))
    if st.button(_("Do it"), type="primary", key="tag_do"):
        changed = attempt(lambda: orders.tag(session.actor(), session.store(), session.vault(), query, name, put=put))
        if changed is not None:
            say_after_rerun(_("{n} orders changed.").format(n=words.count(int(changed))))
            st.session_state["orders_nonce"] = st.session_state.get("orders_nonce", 0) + 1
            st.rerun()


def _export(query: OrderQuery, total: int) -> None:
    form = st.segmented_control(
        _("Format"), list(export.LIMITS), default="xlsx", format_func=str.upper, key="export_form"
    )
    form = form or "xlsx"
    st.write(_("{n} orders with the columns shown, person data masked.").format(n=words.count(total)))
    st.caption(
        _("At most {most} orders in one file. The export is noted in the audit trail.").format(
            most=words.count(export.LIMITS[form])
        )
    )
    if form == "csv":
        st.caption(_("A spreadsheet may round long numbers of a CSV file; XLSX keeps them as text."))
    if st.button(_("Make the file"), type="primary", key="export_make"):
        try:
            with st.spinner(_("Writing {n} orders…").format(n=words.count(total))):
                made = export.export(
                    session.actor(), session.store(), session.vault(), query, form, zone=session.zone()
                )
        except DanliuError as error:
            show_error(error)
            return
        st.download_button(
            _("Download {name}").format(name=made.name),
            made.content,
            file_name=made.name,
            mime=made.kind,
            icon=":material/download:",
            key="export_download",
            on_click="ignore",
        )


def _views(document: dict[str, Any]) -> None:
    mine = views.listing(session.actor(), session.store())
    with st.popover(_("Views"), icon=":material/bookmark:"), st.container(width=340):
        for view in mine:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                star = ":material/star:" if view.default else ":material/bookmark:"
                st.button(
                    words.plain(view.name), icon=star, key=f"view_{view.name}", on_click=use_view, args=(view.body,),
                    type="tertiary", width="stretch",
                )  # fmt: skip
                if st.button(
                    "", icon=":material/edit:", key=f"view_edit_{view.name}", help=_("Change"), type="tertiary"
                ):
                    dialog(_("Saved view"), _edit_view, view.name, view.default)
        if not mine:
            st.caption(_("No saved view yet. Set filters and columns, then save them under a name."))
        with st.form("save_view", border=False, clear_on_submit=True):
            name = st.text_input(_("Save the present view as"), max_chars=views.LONGEST_NAME, key="view_name")
            st.caption(_("{n} filters").format(n=active(document)))
            if st.form_submit_button(_("Save"), icon=":material/save:") and attempt(
                lambda: views.save(session.actor(), session.store(), name, document, zone=session.zone())
            ):
                say_after_rerun(_("View {name} saved.").format(name=name))
                st.rerun()


def _edit_view(name: str, is_default: bool) -> None:
    wanted = st.text_input(_("Name of the view"), value=name, max_chars=views.LONGEST_NAME, key=f"view_rename_{name}")
    default = st.toggle(_("Begin with this view"), value=is_default, key=f"view_default_{name}")
    with st.container(horizontal=True):
        if st.button(_("Save"), type="primary", key="view_save"):

            def change() -> None:
                views.rename(session.actor(), session.store(), name, wanted)
                views.make_default(session.actor(), session.store(), " ".join(wanted.split()), default=default)

            if attempt(change):
                st.rerun()
        if st.button(_("Delete"), icon=":material/delete:", key="view_delete") and attempt(
            lambda: views.delete(session.actor(), session.store(), name)
        ):
            st.rerun()
