"""The shops as the pull sees them: those of the store and those of config.toml together, their secrets opened only here."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core import clock
from core.channels.base import Connector, Setting, TokenState, Word
from core.channels.registry import connect, connectors
from core.errors import BadRequest, BadSetup
from core.i18n import N_
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store
from core.store import shops as kept
from core.store.shops import Progress, Shop

# Channels that have no connector of their own name.
_STAND_INS = {"mini_program": "rest", "wms": "wms_mysql"}
_OWN_KEYS = ("shop", "channel", "title", "connector", "interval_seconds", "demo")


def default_connector(store: Store, channel: str) -> str:
    """The connector a channel's shops use unless told otherwise; "" for a channel fed by files only."""
    own = next((c.connector for c in kept.own_channels(store) if c.channel == channel), "")
    name = own or _STAND_INS.get(channel, channel)
    return name if name in connectors() else ""


def all_shops(store: Store, settings: Settings) -> list[Shop]:
    """Every shop that is not removed. One of config.toml stands before one of the store with the same name."""
    headless = [_headless(store, table) for table in settings.shops]
    names = {(shop.channel, shop.shop) for shop in headless}
    return [*headless, *(shop for shop in kept.listing(store) if (shop.channel, shop.shop) not in names)]


def _headless(store: Store, table: Mapping[str, Any]) -> Shop:
    for key in ("shop", "channel"):
        if not table.get(key):
            raise BadSetup(N_("A [[shops]] table of config.toml has no {key}."), N_("Add it."), key=key)
    channel, shop = str(table["channel"]), str(table["shop"])
    interval = table.get("interval_seconds")
    return Shop(
        channel,
        shop,
        str(table.get("title") or shop),
        str(table.get("connector") or default_connector(store, channel)),
        values_of(table),
        interval_seconds=int(interval) if interval else None,
        demo=bool(table.get("demo")),
        headless=True,
    )


def values_of(table: Mapping[str, Any]) -> dict[str, str]:
    """The connector's settings out of a `[[shops]]` table (or a row of the sandbox's list)."""
    return {name: _text(value) for name, value in table.items() if name not in _OWN_KEYS}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def find(store: Store, settings: Settings, channel: str, shop: str) -> Shop:
    """The shop of that channel and name. Raises BadRequest for an unknown one."""
    for known in all_shops(store, settings):
        if (known.channel, known.shop) == (channel, shop):
            return known
    raise unknown(shop)


def unknown(shop: str) -> BadRequest:
    """The error for a shop that nobody connected."""
    return BadRequest(N_("There is no shop {shop}."), N_("Connect it on the Channels page."), shop=shop)


def declared(shop: Shop) -> tuple[Setting, ...]:
    """The settings of the shop's connector; none for a shop fed by files."""
    kind = connectors().get(shop.connector)
    return kind.settings if kind else ()


def opened(vault: Vault, shop: Shop) -> dict[str, str]:
    """The shop's settings with its secrets in clear, as they were typed in. Keep them in memory only."""
    secrets = json.loads(vault.open_text(shop.secrets)) if shop.secrets else {}
    return {**shop.settings, **secrets}


def seal(vault: Vault, shop: Shop, values: Mapping[str, str]) -> Shop:
    """The shop with these settings; those declared secret are sealed together."""
    hidden = {setting.name for setting in declared(shop) if setting.kind == "secret"}
    secrets = {name: value for name, value in values.items() if name in hidden and value}
    return replace(
        shop,
        settings={name: value for name, value in values.items() if name not in hidden},
        secrets=vault.seal_text(json.dumps(secrets, ensure_ascii=False)) if secrets else "",
    )


def connector_of(store: Store, vault: Vault, shop: Shop) -> Connector:
    """The shop's connector, with the newest tokens; tokens it renews on the way are kept sealed.

    Raises BadSetup for a missing setting, BadRequest for a shop that has no connector.
    """
    typed = opened(vault, shop)
    progress = kept.progress_of(store, shop.channel, shop.shop)
    values = {**typed, **_renewed(vault, typed, progress)}

    def keep(state: TokenState) -> None:
        keep_token(store, vault, shop, state, typed)

    return connect(shop.connector, shop.shop, values, keep_token=keep)


def listener_of(vault: Vault, shop: Shop) -> Connector:
    """The shop's connector for checking and reading pushes, which it can before it is authorised."""
    return connect(shop.connector, shop.shop, opened(vault, shop), authorising=True)


def applicant_of(vault: Vault, shop: Shop) -> Connector:
    """The shop's connector for getting tokens: it may lack them. Raises BadSetup for another missing setting."""
    return connect(shop.connector, shop.shop, opened(vault, shop), authorising=True)


def applicant_word(shop: Shop) -> Word:
    """The title of the shop's platform, for messages."""
    kind = connectors().get(shop.connector)
    return Word(kind.title if kind else shop.channel)


def wake(store: Store, cursor: Cursor, shop: Shop) -> None:
    """Let the next turn pull the shop, also one that was paused or had stopped for a bad set-up."""
    kept.save_progress(cursor, _woken(kept.progress_of(store, shop.channel, shop.shop)))


def _woken(fare: Progress) -> Progress:
    return replace(fare, paused=False, failures=0, state="", error="", hint="", error_code="", next_at=clock.now())


def _renewed(vault: Vault, typed: Mapping[str, str], progress: Progress) -> dict[str, str]:
    """The tokens of the last renewal, unless somebody typed in new ones since."""
    if not progress.token or progress.token_of != _fingerprint(vault, typed):
        return {}
    return json.loads(vault.open_text(progress.token))


def keep_token(
    store: Store,
    vault: Vault,
    shop: Shop,
    state: TokenState,
    typed: Mapping[str, str] | None = None,
    *,
    waking: bool = False,
) -> None:
    """Keep the tokens sealed; they count until somebody types in others. `waking` also lets the next turn pull the shop.
    Joins the caller's transaction."""
    typed = opened(vault, shop) if typed is None else typed
    token = {
        "access_token": state.access_token,
        "refresh_token": state.refresh_token,
        "expires_at": _iso(state.expires_at),
        "reauthorise_by": _iso(state.reauthorise_by),
    }
    sealed = vault.seal_text(json.dumps({name: value for name, value in token.items() if value}))
    with store.write() as cursor:
        known = kept.progress_of(store, shop.channel, shop.shop)
        kept.save_progress(
            cursor,
            replace(
                _woken(known) if waking else known,
                token=sealed,
                token_of=_fingerprint(vault, typed),
                expires_at=state.expires_at,
                reauthorise_by=state.reauthorise_by,
            ),
        )


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _fingerprint(vault: Vault, typed: Mapping[str, str]) -> str:
    return vault.keyed("\x1f".join(typed.get(name, "") for name in ("app_key", "access_token", "refresh_token")))


def dry(shop: Shop, values: Mapping[str, str]) -> None:
    """Let the connector look at the values without calling anybody. Raises BadSetup for what could never work; tokens that
    an authorisation brings may come later."""
    connect(shop.connector, shop.shop, values, authorising=True).http.close()
