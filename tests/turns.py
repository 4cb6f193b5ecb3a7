"""Which worker takes which tests: the walks in the browser one after another in one worker, beside one site.

pytest-xdist's groups (`loadgroup`) hang on a test's id being changeable, which it is no more in pytest 9.2: two sites
and two browsers then compete on two cores, and walks break off.
"""

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"


class OneBrowser(LoadScopeScheduling):
    """Every test is a turn of its own, but for those in the browser, which are one."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid
