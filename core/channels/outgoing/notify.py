"""Message kind `notify`: one message to people by a robot. The robot is the message's `shop`; body: title, text, link (or none)."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.channels import robots
from core.errors import BadSetup
from core.i18n import N_
from core.store import Cursor
from core.store import robots as kept
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "notify"


def send(sending: "Sending", row: Row) -> str:
    """Tell the robot."""
    robot = next((each for each in kept.listing(sending.store) if each.name == row.shop), None)
    if robot is None:
        raise BadSetup(N_("There is no robot {name}."), N_("Set one up, or take it out of the flow."), name=row.shop)
    secrets = json.loads(sending.vault.open_text(robot.secrets)) if robot.secrets else {}
    note = robots.Note(str(row.body["title"]), str(row.body["text"]), str(row.body.get("link") or ""))
    return robots.send(robot.kind, {**robot.settings, **secrets}, note)


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """Nothing follows."""
    del cursor, rows
