"""What a page is: one file in `pages/` with a record `PAGE` and a function `render()`, found by itself."""

from dataclasses import dataclass

from core.i18n import N_

SECTIONS: dict[str, str] = {
    "desk": N_("Desk"),
    "orders": N_("Orders"),
    "warehouse": N_("Warehouse work"),
    "rules": N_("Rules"),
    "goods": N_("Goods"),
    "insight": N_("Insight"),
    "settings": N_("Settings"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `name` is its address, `icon` a Material symbol, `order` its place within the section of the menu.

    `permission` hides it from the menu; the services lock it. `also` holds further permissions that open it as well.
    """

    name: str
    title: str
    icon: str
    section: str
    order: int
    permission: str
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.section not in SECTIONS:
            raise ValueError(f"page {self.name} names the unknown section {self.section}")
