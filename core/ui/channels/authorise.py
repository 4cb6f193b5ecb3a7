"""The authorisation of a shop: the way to the platform's page, and a field for a code that came back elsewhere."""

from urllib.parse import quote, urlsplit

import streamlit as st

from core import clock, runtime
from core.i18n import _
from core.services import authorising
from core.services.shops import ShopState
from core.ui import session, words
from core.ui.forms import attempt, dialog, say_after_rerun

WARN_DAYS = 14  # a person must re-authorise: said that long before


def is_due(state: ShopState) -> bool:
    """Whether a person should authorise the shop now: it has no token, a dead one, or one that ends soon."""
    if not state.is_authorisable or state.is_running:
        return False
    ends = state.reauthorise_by
    soon = ends is not None and (ends - clock.now()).days < WARN_DAYS
    return soon or not state.is_authorised or state.error_code == "needs_person"


def button(state: ShopState, key: str, *, main: bool) -> None:
    """The button that opens the dialog; a link in the menu, or the card's main one while it is due."""
    kind, width = ("primary", "content") if main else ("secondary", "stretch")
    if st.button(_("Authorise"), icon=":material/key:", type=kind, width=width, key=f"authorise_{key}"):  # type: ignore[arg-type]
        dialog(_("Authorise"), ask, state)


def ask(state: ShopState) -> None:
    """What happens, the callback to register, the way there, and the fallback."""
    shop, platform = state.shop, words.channel(state.shop.channel)
    st.markdown(
        _(
            "You log in on {platform} with the main account of {shop} and agree. Then you come back here, and the "
            "tokens are kept encrypted."
        ).format(platform=platform, shop=f"**{shop.title}**")
    )
    st.caption(_("Register this callback address with the app on the platform first:"))
    st.code(f"{_site()}/oauth/callback", language=None, wrap_lines=True)
    there = f"{_site()}/oauth/authorise/{quote(shop.channel, safe='')}/{quote(shop.shop, safe='')}"
    st.link_button(
        _("Go to {platform}").format(platform=platform), there, icon=":material/open_in_new:", type="primary"
    )
    with st.expander(_("The platform sent me to another address")):
        _by_hand(state)


def _by_hand(state: ShopState) -> None:
    shop = state.shop
    pasted = st.text_input(
        _("The address, or the code in it"), key=f"code_{shop.channel}_{shop.shop}", autocomplete="off"
    )
    if not st.button(_("Exchange the code"), key=f"exchange_{shop.channel}_{shop.shop}"):
        return
    with st.spinner(_("Asking the other side …")):
        done = attempt(
            lambda: authorising.by_hand(
                session.actor(),
                session.store(),
                session.vault(),
                runtime.settings(),
                shop.channel,
                shop.shop,
                pasted,
            )
        )
    if isinstance(done, authorising.Granted):
        say_after_rerun(_("{shop} is authorised.").format(shop=done.title))
        st.rerun()


def _site() -> str:
    """The address of this site as the browser has it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
