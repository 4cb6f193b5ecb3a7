"""Connecting shops: what a person may see of them and do to them. Secrets go in, never out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import clock
from core.channels import pull, shops
from core.channels.base import Check, Setting
from core.channels.registry import connector, connectors
from core.errors import BadRequest, DanliuError
from core.i18n import N_, _
from core.mapping.said import unpacked
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.channels import names
from core.settings import Settings
from core.store import Store, cursors, inbox, runs
from core.store import rejects as rejected
from core.store import shops as kept
from core.store.runs import Run
from core.store.shops import Shop

SHORTEST_INTERVAL, LONGEST_INTERVAL = 10, 86_400  # seconds
_SHOP = re.compile(r"^[^\s/\\?#&%\x00-\x1f]{1,60}$")  # it stands in the address of its pushes


@dataclass(frozen=True, slots=True)
class ShopState:
    """A shop as the page shows it.

    state: files (no connector) · new · ok · running · paused · retry · bad_setup · unauthorised. `age` is how far the cursor lies behind.
    """

    shop: Shop
    state: str
    is_running: bool
    last_run: Run | None
    pulled_at: datetime | None
    next_at: datetime | None
    cursors: dict[str, datetime]
    age: timedelta | None
    failures: int
    error_code: str
    error: str
    hint: str
    expires_at: datetime | None
    reauthorise_by: datetime | None
    rejects: int
    pushes_waiting: int
    pushes_dead: int
    orders: int
    is_authorisable: bool  # on a page of its platform's
    is_authorised: bool  # it has a token, typed in or granted; whether the platform still takes it shows in `error`
    filled: frozenset[str]  # names of the settings that hold a value; a secret's value itself is never shown


def listing(actor: Actor, store: Store, vault: Vault, settings: Settings) -> list[ShopState]:
    """Every connected shop with its state."""
    require(actor, store, "channels.view")
    fares, positions = kept.progress(store), cursors.all_of(store)
    last, waiting, pushes = runs.last_by_shop(store), rejected.count(store), inbox.count(store)
    orders = kept.order_counts(store)
    found = []
    for shop in shops.all_shops(store, settings):
        key = (shop.channel, shop.shop)
        filled = frozenset(name for name, value in shops.opened(vault, shop).items() if value)
        kind = connectors().get(shop.connector)
        has_token = "access_token" in filled
        fare = fares.get(key) or kept.Progress(*key)
        reached = positions.get(key, {})
        running = pull.is_busy(store, shop)
        found.append(
            ShopState(
                shop=replace(shop, secrets=""),
                state=_state(shop, fare, running, has_token=has_token),
                is_running=running,
                last_run=last.get(key),
                pulled_at=fare.pulled_at,
                next_at=None if fare.paused or fare.state == runs.BAD_SETUP else fare.next_at,
                cursors=reached,
                age=clock.now() - min(reached.values()) if reached else None,
                failures=fare.failures,
                error_code=fare.error_code,
                error=unpacked(fare.error),
                hint=unpacked(fare.hint),
                expires_at=fare.expires_at,
                reauthorise_by=fare.reauthorise_by,
                rejects=waiting.get(key, 0),
                pushes_waiting=pushes.get(key, {}).get(inbox.WAITING, 0),
                pushes_dead=pushes.get(key, {}).get(inbox.DEAD, 0),
                orders=orders.get(key, 0),
                is_authorisable=kind is not None and kind.grants_codes,
                is_authorised=bool(fare.token) or has_token,
                filled=filled,
            )
        )
    return found


def _state(shop: Shop, fare: kept.Progress, running: bool, *, has_token: bool) -> str:
    if not shop.connector:
        return "files"
    if running:
        return "running"
    needs = any(setting.granted and setting.required for setting in shops.declared(shop))
    if needs and not has_token and not fare.token:
        return "unauthorised"
    return "paused" if fare.paused else fare.state or "new"


def connect_shop(
    actor: Actor,
    store: Store,
    vault: Vault,
    settings: Settings,
    channel: str,
    shop: str,
    values: Mapping[str, str],
    *,
    title: str = "",
    connector_name: str | None = None,
    interval_seconds: int | None = None,
    demo: bool = False,
) -> Shop:
    """Connect a new shop. `connector_name` None takes the channel's own, "" a shop fed by files.

    Raises BadRequest naming the field for a bad value, or when the shop is connected already.
    """
    require(actor, store, "channels.edit", shop)
    if channel not in names(store):
        raise BadRequest(N_("There is no channel {name}."), N_("Add it first."), name=channel)
    if not _SHOP.match(shop):
        raise BadRequest(
            N_("{name} cannot be a shop's name."), N_("Use up to 60 letters or digits, no spaces."), name=shop
        )
    before = kept.find(store, channel, shop)
    headless = any((s.channel, s.shop) == (channel, shop) for s in shops.all_shops(store, settings) if s.headless)
    if headless or (before and before.state == kept.ACTIVE and before.connector):
        raise BadRequest(N_("The shop {shop} is connected already."), N_("Change it instead."), shop=shop)
    name = shops.default_connector(store, channel) if connector_name is None else connector_name
    fresh = Shop(
        channel, shop, title.strip() or shop, name, {}, interval_seconds=_interval(interval_seconds), demo=demo
    )
    made = _checked(vault, fresh, values)
    with store.write() as cursor:
        kept.save(cursor, replace(made, created_at=before.created_at if before else None))
        kept.save_progress(cursor, kept.Progress(channel, shop))
        audit.record(cursor, actor, "shops.connect", f"{channel}/{shop}", connector=name)
    return replace(made, secrets="")


def change_shop(
    actor: Actor,
    store: Store,
    vault: Vault,
    settings: Settings,
    channel: str,
    shop: str,
    values: Mapping[str, str],
    *,
    title: str | None = None,
    interval_seconds: int | None = None,
) -> Shop:
    """Change settings. A secret left empty keeps its value; a shop that had stopped for a bad set-up starts again."""
    require(actor, store, "channels.edit", shop)
    before = _changeable(store, settings, channel, shop)
    merged = _merged(vault, before, values)
    renewed = replace(
        before,
        title=(title or "").strip() or before.title,
        interval_seconds=_interval(interval_seconds) if interval_seconds is not None else before.interval_seconds,
    )
    made = _checked(vault, renewed, merged)
    with store.write() as cursor:
        kept.save(cursor, made)
        shops.wake(store, cursor, made)
        audit.record(cursor, actor, "shops.change", f"{channel}/{shop}", settings=sorted(values))
    return replace(made, secrets="")


def test_connection(
    actor: Actor,
    store: Store,
    vault: Vault,
    settings: Settings,
    channel: str,
    shop: str,
    values: Mapping[str, str] | None = None,
    *,
    connector_name: str | None = None,
) -> Check:
    """Ask the other side, with the values of the form or (None) those that are kept. Writes nothing."""
    require(actor, store, "channels.edit", shop)
    known = next((s for s in shops.all_shops(store, settings) if (s.channel, s.shop) == (channel, shop)), None)
    name = connector_name or (known.connector if known else shops.default_connector(store, channel))
    trial = known or Shop(channel, shop, shop, name, {})
    try:
        if values is not None:
            trial = _checked(vault, replace(trial, connector=name), _merged(vault, trial, values) if known else values)
        opened = shops.connector_of(store, vault, trial)
    except DanliuError as error:
        return Check(False, error.message, error.hint)
    try:
        return opened.test()
    finally:
        opened.http.close()


def pause(actor: Actor, store: Store, settings: Settings, channel: str, shop: str, *, paused: bool = True) -> None:
    """Pull the shop no more until it is resumed (`paused=False`). Pushes go on being kept."""
    require(actor, store, "channels.run", shop)
    known = shops.find(store, settings, channel, shop)
    with store.write() as cursor:
        fare = kept.progress_of(store, channel, shop)
        kept.save_progress(cursor, replace(fare, paused=paused, next_at=clock.now()))
        audit.record(cursor, actor, "shops.pause" if paused else "shops.resume", f"{known.channel}/{known.shop}")


def run_now(actor: Actor, store: Store, settings: Settings, channel: str, shop: str) -> None:
    """Let the job pull the shop within seconds, even one that had stopped for a bad set-up. A paused one is resumed."""
    require(actor, store, "channels.run", shop)
    known = shops.find(store, settings, channel, shop)
    with store.write() as cursor:
        shops.wake(store, cursor, known)
        audit.record(cursor, actor, "shops.run_now", f"{channel}/{shop}")


def set_interval(actor: Actor, store: Store, settings: Settings, channel: str, shop: str, seconds: int) -> None:
    """How often the shop is pulled."""
    require(actor, store, "channels.run", shop)
    before = _changeable(store, settings, channel, shop)
    with store.write() as cursor:
        kept.save(cursor, replace(before, interval_seconds=_interval(seconds)))
        kept.save_progress(cursor, replace(kept.progress_of(store, channel, shop), next_at=clock.now()))
        audit.record(cursor, actor, "shops.interval", f"{channel}/{shop}", seconds=seconds)


def remove(actor: Actor, store: Store, settings: Settings, channel: str, shop: str) -> None:
    """Disconnect: its secrets are forgotten, its orders and runs stay."""
    require(actor, store, "channels.edit", shop)
    before = _changeable(store, settings, channel, shop)
    with store.write() as cursor:
        kept.save(cursor, replace(before, state=kept.REMOVED, secrets=""))
        kept.save_progress(cursor, kept.Progress(channel, shop, paused=True))
        audit.record(cursor, actor, "shops.remove", f"{channel}/{shop}")


def _changeable(store: Store, settings: Settings, channel: str, shop: str) -> Shop:
    known = shops.find(store, settings, channel, shop)
    if known.headless:
        raise BadRequest(N_("The shop {shop} stands in config.toml."), N_("Change it there."), shop=shop)
    return known


def _merged(vault: Vault, before: Shop, values: Mapping[str, str]) -> dict[str, str]:
    """The kept values under the new ones; an empty secret means: as before."""
    secrets = {setting.name for setting in shops.declared(before) if setting.kind == "secret"}
    new = {name: value for name, value in values.items() if value or name not in secrets}
    return {**shops.opened(vault, before), **new}


def _checked(vault: Vault, shop: Shop, values: Mapping[str, str]) -> Shop:
    """The shop with these values, sealed. Raises BadRequest naming the field, BadSetup from the connector itself."""
    texts = {name: str(value).strip() for name, value in values.items()}
    for setting in shops.declared(shop):
        _check_value(setting, texts.get(setting.name, ""))
    if shop.connector:
        connector(shop.connector)
        shops.dry(shop, texts)
    return shops.seal(vault, shop, texts)


def _check_value(setting: Setting, text: str) -> None:
    if not text:
        if setting.required and not setting.default and not setting.granted:
            raise _wrong(setting, N_("{field} is empty."))
        return
    if setting.kind == "integer" and not text.lstrip("-").isdigit():
        raise _wrong(setting, N_("{field} is no whole number."))
    if setting.kind == "choice" and text not in setting.choices:
        raise _wrong(setting, N_("{field} is none of its choices."))
    if setting.kind == "url" and not text.startswith(("http://", "https://")):
        raise _wrong(setting, N_("{field} is no http or https address."))
    if setting.kind == "boolean" and text not in ("true", "false"):
        raise _wrong(setting, N_("{field} is neither true nor false."))


class _Named:
    """A setting by its label in the reader's language, with the name it has in config.toml."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def __str__(self) -> str:
        return f"{_(self._setting.label)} ({self._setting.name})"


def _wrong(setting: Setting, message: str) -> BadRequest:
    return BadRequest(message, N_("Mend this field."), field=_Named(setting))


def _interval(seconds: int | None) -> int | None:
    if seconds is not None and not SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL:
        raise BadRequest(
            N_("The interval must lie between {least} and {most} seconds."),
            N_("Mend this field."),
            least=SHORTEST_INTERVAL,
            most=LONGEST_INTERVAL,
        )
    return seconds
