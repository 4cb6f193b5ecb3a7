"""What a column's values look like: the evidence beside its header. Looks at a few hundred values."""

import re
from collections import Counter
from dataclasses import dataclass, field

from core.mapping.typedsteps import NO_INSTANT
from core.model.region import CITY_NAMES, PROVINCE_NAMES

NOTHING = frozenset(("", "-", "--", "—", "/", "null", "none", "nan", "n/a", *NO_INSTANT))
_MONEY = re.compile(r"^[-+]?[¥￥$]?\s*(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s*元?$")
_CENTS = re.compile(r"\.\d*[1-9]\d*\s*元?$|\.\d{1,2}\s*元?$")
_INTEGER = re.compile(r"^[-+]?\d{1,18}(?:\.0+)?$")
_PHONE = re.compile(
    r"^(?:\+?86[- ]?)?1[3-9]\d{9}$|^1[\d*]{10}$|^0\d{2,3}-?\d{7,8}$|^1[3-9]\d\*{4}\d{4}$|^\$\$?.+\$\$?$|^\+?\d{10,14}$"
)
_LONG_ID = re.compile(r"^(?=.*\d{5})[0-9A-Za-z_\-,]{8,64}$")
# Shape of a value -> patterns of strptime, unambiguous ones only.
_TIMES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}$"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}$"), "%Y-%m-%d %H:%M"),
    (re.compile(r"^\d{4}-\d{1,2}-\d{1,2}$"), "%Y-%m-%d"),
    (re.compile(r"^\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}:\d{2}$"), "%Y/%m/%d %H:%M:%S"),
    (re.compile(r"^\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}$"), "%Y/%m/%d %H:%M"),
    (re.compile(r"^\d{4}/\d{1,2}/\d{1,2}$"), "%Y/%m/%d"),
    (re.compile(r"^\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d{2}:\d{2}$"), "%Y.%m.%d %H:%M:%S"),
    (re.compile(r"^\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d{2}$"), "%Y.%m.%d %H:%M"),
    (re.compile(r"^\d{4}\.\d{1,2}\.\d{1,2}$"), "%Y.%m.%d"),
    (re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+$"), "%Y-%m-%d %H:%M:%S.%f"),
    (re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"), "%Y-%m-%dT%H:%M:%S"),
    (re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:?\d{2})$"), "%Y-%m-%dT%H:%M:%S%z"),
    (re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+(?:Z|[+-]\d{2}:?\d{2})$"), "%Y-%m-%dT%H:%M:%S.%f%z"),
    (re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} ?[+-]\d{2}:?\d{2}$"), "%Y-%m-%d %H:%M:%S %z"),
    (re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日 ?\d{1,2}:\d{2}:\d{2}$"), "%Y年%m月%d日 %H:%M:%S"),
    (re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日 ?\d{1,2}:\d{2}$"), "%Y年%m月%d日 %H:%M"),
    (re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$"), "%Y年%m月%d日"),
    (re.compile(r"^\d{1,2}-[A-Za-z]{3}-\d{2}$"), "%d-%b-%y"),
    (re.compile(r"^\d{1,2}-[A-Za-z]{3}-\d{4}$"), "%d-%b-%Y"),
    (re.compile(r"^20\d{12}$"), "%Y%m%d%H%M%S"),
    (re.compile(r"^20\d{2}[01]\d[0-3]\d$"), "%Y%m%d"),
)
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})( \d{1,2}:\d{2})?(:\d{2})?$")
_EPOCH_S = re.compile(r"^1[0-9]\d{8}$|^2[01]\d{8}$")
_EPOCH_MS = re.compile(r"^1[0-9]\d{11}$|^2[01]\d{11}$")


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares are of the values that say something; `count` is their number."""

    count: int = 0
    distinct: int = 0
    money: float = 0.0
    cents: float = 0.0  # amounts written with decimals
    integer: float = 0.0
    negative: float = 0.0
    median: float = 0.0
    time: float = 0.0
    patterns: tuple[str, ...] = ()
    epoch: str = ""  # "epoch_s", "epoch_ms" or ""
    phone: float = 0.0
    masked: float = 0.0
    province: float = 0.0
    city: float = 0.0
    ids: float = 0.0
    words: tuple[str, ...] = field(default=())  # the distinct values, most frequent first, at most 60
    odd: tuple[str, ...] = ()  # texts among amounts

    @property
    def known(self) -> bool:
        """Whether there is any evidence at all."""
        return self.count > 0


def profile(values: list[str]) -> Profile:
    """The profile of a column's first values."""
    said = [value.strip() for value in values if value and value.strip().lower() not in NOTHING]
    if not said:
        return Profile()
    total = len(said)
    counts = Counter(said)
    amounts = [value for value in said if _MONEY.match(value)]
    patterns, timed, epoch = _times(said)
    numbers = sorted(float(re.sub(r"[^\d.\-]", "", value) or 0) for value in amounts)
    return Profile(
        count=total,
        distinct=len(counts),
        money=len(amounts) / total,
        cents=sum(bool(_CENTS.search(value)) for value in amounts) / max(1, len(amounts)),
        integer=sum(bool(_INTEGER.match(value)) for value in said) / total,
        negative=sum(number < 0 for number in numbers) / max(1, len(numbers)),
        median=numbers[len(numbers) // 2] if numbers else 0.0,
        time=timed,
        patterns=patterns,
        epoch=epoch,
        phone=sum(bool(_PHONE.match(value)) for value in said) / total,
        masked=sum("*" in value or value.startswith(("##", "$$", "~")) for value in said) / total,
        province=sum(value in PROVINCE_NAMES for value in said) / total,
        city=sum(value in CITY_NAMES for value in said) / total,
        ids=sum(bool(_LONG_ID.match(value)) for value in said) / total,
        words=tuple(word for word, _times_seen in counts.most_common(60)),
        odd=tuple(word for word in counts if not _MONEY.match(word))[:8],
    )


def _times(said: list[str]) -> tuple[tuple[str, ...], float, str]:
    """The strptime patterns of the values, the share they cover, and the kind of epoch count."""
    for shape, name in ((_EPOCH_S, "epoch_s"), (_EPOCH_MS, "epoch_ms")):
        if sum(bool(shape.match(value)) for value in said) >= 0.9 * len(said):
            return (), 1.0, name
    found: Counter[str] = Counter()
    for value in said:
        pattern = next((pattern for shape, pattern in _TIMES if shape.match(value)), "")
        if pattern:
            found[pattern] += 1
    slashed = [match for value in said if (match := _SLASHED.match(value))]
    if slashed and (order := _order(slashed)):
        for match in slashed:
            found[order + (" %H:%M" if match[4] else "") + (":%S" if match[5] else "")] += 1
    # An eight-digit number is a day only where nothing else is.
    if len(found) > 1:
        found.pop("%Y%m%d", None)
    return tuple(found), sum(found.values()) / len(said), ""


def _order(slashed: list[re.Match[str]]) -> str:
    """Day first or month first, when some value proves it; else nothing: a wrong guess moves orders by months."""
    first, second = max(int(m[1]) for m in slashed), max(int(m[2]) for m in slashed)
    if first > 12 >= second:
        return "%d/%m/%Y"
    return "%m/%d/%Y" if second > 12 >= first else ""
