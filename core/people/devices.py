"""What a person recognises a browser by: a word for the device, and the address without its last part."""

from ipaddress import ip_address

_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("wxwork", "WeCom"), ("DingTalk", "DingTalk"), ("Edg", "Edge"), ("OPR", "Opera"),
    ("Firefox", "Firefox"), ("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(agent: str) -> str:
    """ "Chrome · Windows" out of a User-Agent; its beginning for one that says neither."""
    found = [next((word for mark, word in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in found if word) or agent[:24]


def masked(address: str) -> str:
    """The first half of an address: enough to know the own office by, too little to follow a person."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return ".".join(address.split(".")[:2]) + ".*.*"
    return ":".join(known.exploded.split(":")[:2]) + ":*"
