"""The own warehouse's database (MySQL, MariaDB): stock levels and outbound records in, by table or by one SELECT.

Read only three times over: the account should hold nothing but SELECT (`test` warns otherwise), each session is opened
READ ONLY, and a query of the form must be one plain SELECT (`select_statement`).
"""

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pymysql
from pymysql.cursors import SSCursor

from core.channels.base import Check, Connector, Page, Setting, TokenState, Window
from core.errors import BadSetup, DanliuError, TryAgain
from core.i18n import N_

PAGE_ROWS = 1000
CONNECT_SECONDS, STATEMENT_SECONDS = 8, 60
_TABLE = re.compile(r"^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$")
_COLUMN = re.compile(r"^[A-Za-z_][\w$]*$")
# Strings, quoted names, comments, then bare words, placeholders and single signs.
_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|/\*.*?\*/|--[ \t][^\n]*|\#[^\n]*|:[A-Za-z]+
    |[A-Za-z_@][\w$@]*|.""",
    re.DOTALL | re.VERBOSE,
)
# What a SELECT could do besides reading rows: write files, set variables, lock, wait.
_FORBIDDEN = frozenset(
    {"into", "outfile", "dumpfile", "load_file", "update", "insert", "delete", "replace", "call", "set", "grant"}
    | {"drop", "alter", "create", "truncate", "lock", "procedure", "sleep", "benchmark", "get_lock", "release_lock"}
    | {"handler", "do", "execute", "prepare"}
)
_ALLOWED_CALLS = frozenset({"replace", "insert", "truncate"})  # also the names of harmless functions: replace(a, b, c)
# MySQL's and MariaDB's numbers: the set-up is wrong and stays so until it is changed; anything else may pass.
_BAD_SETUP = frozenset(
    {1044, 1045, 1049, 1054, 1060, 1064, 1103, 1109, 1142, 1143, 1146, 1227, 1370, 1698, 1792, 2026, 2061}
)


def select_statement(text: str) -> str:
    """The query with its placeholders made into bound ones (`:since` -> `%(since)s`).

    Raises BadSetup for anything but one plain SELECT with no other placeholders than :since and :until.
    """
    out: list[str] = []
    words: list[str] = []
    tokens = _TOKEN.findall(text.strip().rstrip(";").strip())
    for place, token in enumerate(tokens):
        if token.startswith(("/*!", "/*M!")) or token == ";":
            raise _refused(token)
        if token.startswith("/*") or token.startswith("#") or re.match(r"--[ \t]", token):
            out.append(" ")
            continue
        if token in (":since", ":until"):
            out.append(f"%({token[1:]})s")
            continue
        if re.match(r":[A-Za-z]", token) or token.startswith("@"):
            raise _refused(token)
        if re.match(r"[A-Za-z_]", token):
            word = token.lower()
            follows = next((t for t in tokens[place + 1 :] if not t.isspace()), "")
            if word in _FORBIDDEN and not (word in _ALLOWED_CALLS and follows == "("):
                raise _refused(token)
            words.append(word)
        out.append(token.replace("%", "%%"))
    if not words or words[0] not in ("select", "with"):
        raise _refused(words[0] if words else "")
    return "".join(out).strip()


def _refused(word: str) -> BadSetup:
    return BadSetup(
        N_("The query is not one plain SELECT (it stops at {word})."),
        N_("Give a table's name, or one SELECT that may use :since and :until."),
        word=word or "…",
    )


class WmsMysql(Connector):
    """One warehouse database. What each column means is said by the mappings, as for any channel."""

    channel = "wms"
    title = N_("Own warehouse (MySQL)")
    entities = ("stock", "outbound", "orders")
    mappings = {"stock": "wms.stock", "outbound": "wms.outbound", "orders": "wms.orders"}  # noqa: RUF012
    max_window = timedelta(days=7)
    history = timedelta(days=30)
    settings = (
        Setting("host", N_("Host")),
        Setting("port", N_("Port"), "integer", default="3306"),
        Setting("user", N_("User"), help=N_("An account with SELECT on these tables and nothing else.")),
        Setting("password", N_("Password"), "secret", required=False),
        Setting("database", N_("Database")),
        Setting("tls", N_("Encryption"), "choice", default="preferred", choices=("off", "preferred", "verified")),
        Setting("zone", N_("Time zone of its clock"), default="Asia/Shanghai"),
        Setting(
            "stock_query",
            N_("Stock: table or SELECT"),
            required=False,
            help=N_("A table's name, or one SELECT that may use :since and :until."),
        ),
        Setting("stock_changed", N_("Stock: column of the last change"), required=False),
        Setting("outbound_query", N_("Outbound records: table or SELECT"), required=False),
        Setting("outbound_changed", N_("Outbound records: column of the last change"), required=False),
        Setting("orders_query", N_("Orders: table or SELECT"), required=False),
        Setting("orders_changed", N_("Orders: column of the last change"), required=False),
    )

    def statement(self, entity: str) -> str:
        """The bound SELECT of an entity, or "" where the form leaves it out. Raises BadSetup for a bad one."""
        source = self.value(f"{entity}_query").strip()
        if not source:
            return ""
        if not _TABLE.match(source):
            return select_statement(source)
        column = self.value(f"{entity}_changed").strip()
        table = ".".join(f"`{part}`" for part in source.split("."))
        if not column:
            return f"SELECT * FROM {table}"  # noqa: S608 - names matched above
        if not _COLUMN.match(column):
            raise _refused(column)
        return f"SELECT * FROM {table} WHERE `{column}` >= %(since)s AND `{column}` <= %(until)s"  # noqa: S608

    def pull(self, entity: str, window: Window) -> Iterator[Page]:
        """The rows of the entity's query as JSON bodies, read as a stream; nothing where the form gives no query."""
        statement = self.statement(entity)
        if not statement:
            return
        values = {"since": self._local(window.since), "until": self._local(window.until)}
        with self._session() as connection, connection.cursor(SSCursor) as cursor:
            cursor.execute(statement, values)
            names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(PAGE_ROWS):
                yield Page(tuple(_body(names, row) for row in rows), entity)

    def test(self) -> Check:
        """Log in, run every query for one row, and look at what else the account may do."""
        try:
            found = []
            now = datetime.now(UTC)
            values = {"since": self._local(now - timedelta(days=1)), "until": self._local(now)}
            with self._session() as connection, connection.cursor() as cursor:
                for entity in self.entities:
                    if statement := self.statement(entity):
                        cursor.execute(f"SELECT * FROM ({statement}) AS danliu_test LIMIT 1", values)  # noqa: S608
                        found.append(f"{entity}: {', '.join(column[0] for column in cursor.description or ())}")
                cursor.execute("SHOW GRANTS")
                grants = [str(row[0]) for row in cursor.fetchall()]
                version = connection.get_server_info()
        except DanliuError as error:
            return Check(False, error.message, error.hint)
        said = " · ".join([version, *found])
        if not found:
            return Check(False, said, N_("Give at least one table or SELECT."))
        if any(may_write(grant) for grant in grants):
            return Check(True, said, N_("This account may write. Use one that holds SELECT on these tables only."))
        return Check(True, said)

    def token_state(self) -> TokenState:
        """A password has no term."""
        return TokenState()

    def _local(self, instant: datetime) -> str:
        return instant.astimezone(self._zone()).strftime("%Y-%m-%d %H:%M:%S")

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.value("zone"))
        except (KeyError, ValueError, OSError) as error:
            raise BadSetup(
                N_("There is no time zone {zone}."), N_("Use a name such as Asia/Shanghai."), zone=self.value("zone")
            ) from error

    def _ssl(self) -> ssl.SSLContext | None:
        kind = self.value("tls")
        if kind == "verified":
            return ssl.create_default_context()
        return None

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """A read-only session with a limit on each statement. Database errors leave it in our words."""
        try:
            connection = pymysql.connect(
                host=self.value("host"),
                port=_port(self.value("port")),
                user=self.value("user"),
                password=self.value("password"),
                database=self.value("database"),
                charset="utf8mb4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=STATEMENT_SECONDS + 5,
                ssl=self._ssl(),
                ssl_disabled=True if self.value("tls") == "off" else None,
                autocommit=True,
            )
        except (pymysql.err.MySQLError, OSError, UnicodeError) as error:
            raise self._our_words(error) from None
        try:
            with connection.cursor() as cursor:
                _limit(cursor)
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
            yield connection
        except (pymysql.err.MySQLError, OSError) as error:
            raise self._our_words(error) from None
        finally:
            with suppress(pymysql.err.MySQLError, OSError):
                connection.close()

    def _our_words(self, error: Exception) -> DanliuError:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        said = self.http.masked(str(error.args[-1]) if error.args else type(error).__name__)
        values = {"host": self.value("host"), "cause": said, "number": number}
        if number in _BAD_SETUP:
            return BadSetup(
                N_("The database at {host} refuses: {cause} ({number})"),
                N_("Look at the account, the database and the names of tables and columns."),
                **values,
            )
        return TryAgain(
            N_("The database at {host} does not answer: {cause} ({number})"),
            N_("It is tried again by itself; look at the address and the network if it lasts."),
            **values,
        )


def may_write(grant: str) -> bool:
    """Whether a line of SHOW GRANTS gives more than reading."""
    found = re.match(r"GRANT (.+?) ON ", grant, re.IGNORECASE)
    if not found:
        return False
    harmless = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES"}
    rights = {re.sub(r"\s*\(.*?\)", "", right).strip().upper() for right in re.split(r",(?![^(]*\))", found[1])}
    return not rights <= harmless


def _limit(cursor: Any) -> None:
    """No statement longer than STATEMENT_SECONDS: MariaDB counts in seconds, MySQL in milliseconds."""
    cursor.execute("SELECT VERSION()")
    if "mariadb" in str(cursor.fetchone()[0]).lower():
        cursor.execute("SET SESSION max_statement_time = %s", [STATEMENT_SECONDS])
    else:
        cursor.execute("SET SESSION max_execution_time = %s", [STATEMENT_SECONDS * 1000])


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BadSetup(N_("{port} is no port."), N_("Give a number from 1 to 65535."), port=text)
    return int(text)


def _body(names: list[str], row: tuple[Any, ...]) -> str:
    """A row as JSON: exact numbers, times as `YYYY-MM-DD HH:MM:SS` in the database's own clock."""
    return json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds" if not value.microsecond else "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (timedelta, time)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return value
