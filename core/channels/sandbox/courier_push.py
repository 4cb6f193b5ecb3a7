"""Sends the couriers' pushes to whoever subscribed, in a thread of its own: the sandbox never waits for its customer."""

import logging
import threading
from collections.abc import Sequence

import requests

logger = logging.getLogger(__name__)
SECONDS = 10.0


def push(due: Sequence[tuple[str, dict[str, str]]]) -> int:
    """Post each form to its address; returns how many are under way. What is not taken is pushed again with `all=1`."""
    if due:
        threading.Thread(target=_send, args=(list(due),), name="courier-push", daemon=True).start()
    return len(due)


def _send(due: Sequence[tuple[str, dict[str, str]]]) -> None:
    for address, form in due:
        try:
            requests.post(address, data=form, timeout=SECONDS)
        except requests.RequestException as error:
            logger.info("the push to %s did not arrive: %s", address.split("?")[0], type(error).__name__)
