"""Where the tables of a store lie: one file a kind, chosen by the scheme of `store.url`. DuckDB runs the SQL on all."""

from core.errors import BadSetup
from core.i18n import N_
from core.settings import Settings
from core.store.engines.engine import SPACE, Cursor, Engine
from core.store.engines.file import FileEngine
from core.store.engines.postgres import SCHEMES, PostgresEngine

__all__ = ["SPACE", "Cursor", "Engine", "engine_of"]


def engine_of(settings: Settings) -> Engine:
    """The engine of the settings' store; nothing is opened yet. BadSetup for a url of another kind."""
    kind, _colon, place = settings.store_url.partition(":")
    if kind == "duckdb" and place:
        return FileEngine(settings)
    if kind in SCHEMES and place.startswith("//"):
        return PostgresEngine(settings)
    raise BadSetup(
        N_("The store {url} is of a kind this version cannot open."),
        N_("Use duckdb:PATH or postgres://USER:PASSWORD@HOST/DATABASE."),
        url=settings.store_url.partition("@")[2] or settings.store_url,
    )
