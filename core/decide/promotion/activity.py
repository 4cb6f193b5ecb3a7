"""An activity: a promotion as people keep it, with a name, a mode and its own examples; a versioned document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.decide.promotion.document import Promotion, parse
from core.decide.promotion.evaluate import Plan, evaluate, read_case
from core.errors import BadRequest
from core.i18n import N_
from core.model.region import canonical_province

KIND = "promotion_activity"
MODES = ("off", "shadow", "live")
OWN_KEYS = ("name", "note", "mode", "examples")
WALL_CLOCK = "%Y-%m-%dT%H:%M:%S"
_TEXT_LISTS = ("platforms", "regions", "exclude_regions", "substitutes")
_SCOPE_LISTS = ("skus", "categories", "exclude_skus")


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity, ready to evaluate. `body` is the document it was read from."""

    id: str
    name: str
    note: str
    mode: str
    promotion: Promotion
    examples: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any]


def read_activity(body: Mapping[str, Any]) -> Activity:
    """The activity of a document. BadRequest names the place that is wrong; nothing else is raised."""
    place = str(body.get("name") or body.get("id") or "?")
    mode = body.get("mode", "off")
    if mode not in MODES:
        raise _wrong(place, "mode", mode)
    for key in ("name", "note"):
        if not isinstance(body.get(key, ""), str):
            raise _wrong(place, key, body[key])
    if not isinstance(body.get("id"), str):
        raise _wrong(place, "id", body.get("id"))
    _check_common(place, body)
    examples = body.get("examples", [])
    if not isinstance(examples, list) or not all(isinstance(example, Mapping) for example in examples):
        raise _wrong(place, "examples", examples)
    promotion = parse({key: value for key, value in body.items() if key not in OWN_KEYS}, place)
    return Activity(
        promotion.id,
        str(body.get("name") or promotion.id),
        str(body.get("note", "")),
        mode,
        promotion,
        tuple(examples),
        body,
    )


def _check_common(place: str, body: Mapping[str, Any]) -> None:
    """What the evaluation takes for granted: lists of texts, wall-clock times, whole numbers, truths."""
    for key in ("start_at", "end_at"):
        if body.get(key) is not None and not _is_wall_clock(body[key]):
            raise _wrong(place, key, body[key])
    for key in _TEXT_LISTS:
        if body.get(key) is not None and not _is_text_list(body[key]):
            raise _wrong(place, key, body[key])
    for key in ("regions", "exclude_regions"):
        for name in body.get(key) or ():
            if canonical_province(name) != name:
                raise _wrong(place, key, name)
    scope = body.get("scope")
    if isinstance(scope, Mapping):
        for key in _SCOPE_LISTS:
            if scope.get(key) is not None and not _is_text_list(scope[key]):
                raise _wrong(place, f"scope.{key}", scope[key])
    if not isinstance(body.get("priority") or 0, int) or isinstance(body.get("priority"), bool):
        raise _wrong(place, "priority", body["priority"])
    for key in ("enabled", "new_customer_only", "repeat", "ignore_exclusive", "forbid"):
        if not isinstance(body.get(key, True), bool):
            raise _wrong(place, key, body[key])
    if body.get("group_id") is not None and not isinstance(body["group_id"], str):
        raise _wrong(place, "group_id", body["group_id"])


def _is_wall_clock(value: Any) -> bool:
    try:
        return datetime.strptime(value, WALL_CLOCK).strftime(WALL_CLOCK) == value  # noqa: DTZ007 - a shop's wall clock
    except (TypeError, ValueError):
        return False


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _wrong(place: str, key: str, value: Any) -> BadRequest:
    return BadRequest(
        N_("{place}: {key} cannot be {value}."),
        N_("Mend it in the promotion's form."),
        place=place,
        key=key,
        value=repr(value),
    )


def failed_examples(activity: Activity) -> list[str]:
    """The activity's own examples that do not come out as they say: `number: key`. They know no other activity.

    An example is `{"given": {"order", "context"}, "expect": {...}}` in the form of the promotion cases.
    """
    failed = []
    plan = Plan([activity.promotion])
    for number, example in enumerate(activity.examples, 1):
        try:
            order, context = read_case(example["given"])
            found = evaluate(plan, order, context).document()
            expected = example.get("expect", {})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            failed.append(f"{number}: {error!r}")
            continue
        failed += [f"{number}: {key}" for key, value in expected.items() if found.get(key) != value]
    return failed
