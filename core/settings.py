"""What the operator sets in `config.toml`, with a default for every key."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import BadSetup
from core.i18n import N_

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Durations in seconds; paths relative to the repository's root."""

    name: str = "单流 Danliu"
    zone: str = "Asia/Shanghai"
    language: str = "zh"
    port: int = 8501
    demo: bool = True
    store_url: str = "duckdb:data/run/danliu.duckdb"
    store_memory: str = "256MB"
    store_threads: int = 2
    key_file: Path = ROOT / "data" / "run" / "secret.key"
    metrics_token: str = ""
    pull_interval_seconds: int = 60
    pull_overlap_seconds: int = 180
    backup_folder: Path = ROOT / "data" / "run" / "backups"
    backup_at: str = "03:30"
    backup_keep: int = 7
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_title: str = ""
    oidc_scope: str = "openid profile email"
    oidc_account_claim: str = "preferred_username"
    oidc_role_claim: str = ""
    oidc_roles: dict[str, str] = field(default_factory=dict)
    oidc_unknown_role: str = ""
    shops: tuple[dict[str, Any], ...] = field(default=())


_KEYS = {
    ("app", "name"): "name",
    ("app", "zone"): "zone",
    ("app", "language"): "language",
    ("app", "port"): "port",
    ("app", "demo"): "demo",
    ("store", "url"): "store_url",
    ("store", "memory"): "store_memory",
    ("store", "threads"): "store_threads",
    ("secrets", "key_file"): "key_file",
    ("secrets", "metrics_token"): "metrics_token",
    ("backup", "folder"): "backup_folder",
    ("backup", "at"): "backup_at",
    ("backup", "keep"): "backup_keep",
    ("oidc", "issuer"): "oidc_issuer",
    ("oidc", "client_id"): "oidc_client_id",
    ("oidc", "title"): "oidc_title",
    ("oidc", "scope"): "oidc_scope",
    ("oidc", "account_claim"): "oidc_account_claim",
    ("oidc", "role_claim"): "oidc_role_claim",
    ("oidc", "roles"): "oidc_roles",
    ("oidc", "unknown_role"): "oidc_unknown_role",
    ("pull", "interval_seconds"): "pull_interval_seconds",
    ("pull", "overlap_seconds"): "pull_overlap_seconds",
}


def load(path: Path | str = "config.toml", *, store_url: str | None = None) -> Settings:
    """Read the settings file. A relative path counts from the repository's root.

    Raises BadSetup naming the file and the key for unreadable TOML or an unknown key.
    """
    file = Path(path) if Path(path).is_absolute() else ROOT / path
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadSetup(
            N_("There is no settings file {path}."), N_("Give its path with --config."), path=str(path)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetup(
            N_("{path} cannot be read: {cause}"),
            N_("Mend the line it names."),
            path=str(path),
            cause=str(error),
        ) from error
    values = _known_values(document)
    if store_url:
        values["store_url"] = store_url
    for name in ("key_file", "backup_folder"):
        if name in values:
            values[name] = ROOT / str(values[name])
    return Settings(**values, shops=tuple(document.get("shops", [])))


def _known_values(document: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for section, table in document.items():
        if section in ("theme", "shops"):  # theme is read by Streamlit, shops by core.channels
            continue
        for key, value in table.items():
            name = _KEYS.get((section, key))
            if name is None:
                raise BadSetup(
                    N_("config.toml has an unknown key [{section}] {key}."),
                    N_("Remove it or mend its spelling."),
                    section=section,
                    key=key,
                )
            values[name] = value
    return values
