"""Colours by meaning and the few rules of style that the theme in config.toml cannot say."""

import streamlit as st

# The palette of core.model.lifecycle -> (Streamlit's badge colour, hex that reads on white and on near-black).
COLOURS: dict[str, tuple[str, str]] = {
    "grey": ("gray", "#86909C"),
    "blue": ("blue", "#1664FF"),
    "cyan": ("primary", "#0FA3A3"),
    "purple": ("violet", "#722ED1"),
    "orange": ("orange", "#D97706"),
    "green": ("green", "#0E9F55"),
    "red": ("red", "#E0323E"),
}

SERIES = ("#1664FF", "#0FC6C2", "#722ED1", "#FF7D00", "#F53F3F", "#86909C", "#14A06F", "#D91AD9", "#B7791F", "#3491FA")

_STYLE = """
<style>
.st-key-bar input[type=search] {min-width: 0}
.st-key-bar {padding-bottom: .25rem}
@media (max-width: 640px) {
  .st-key-bar [class*=st-key-account_menu] button p {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}
  .st-key-bar {gap: .25rem}
}
.st-key-demo_banner {border-left: 3px solid #D97706; padding-left: .75rem}
/* White on the dark theme's blue is 3:1; as a text on its own tint a darker blue is no better: buttons have one of their own. */
[data-testid^=stBaseButton-primary]:not(:disabled) {background-color: light-dark(#0F57E6, #2563EB); border-color: light-dark(#0F57E6, #2563EB)}
[data-testid^=stBaseButton-primary]:not(:disabled):hover {background-color: light-dark(#0D4BC8, #1D4FD0)}
[data-testid=stMetricValue] {font-variant-numeric: tabular-nums}
@media (hover: none) {  /* a finger never leaves: the toolbar would lie over what stands above the table */
  [data-testid=stElementToolbar] {display: none}
}
@media (max-width: 640px) {
  .st-key-demo_banner {flex-wrap: nowrap; gap: .5rem}
  .st-key-demo_banner > :first-child {flex: 1 1 0; min-width: 0}
  .st-key-demo_banner p {white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-size: .85rem}
  .st-key-demo_banner button {min-height: 0; padding: .1rem .5rem}
  .st-key-filters > * {flex: 1 1 40%; min-width: 0; width: auto}
}
.dl-num {font-variant-numeric: tabular-nums; text-align: right}
.dl-quiet {opacity: .65}
.dl-figures {display: flex; flex-wrap: wrap; gap: .25rem 2rem; font-variant-numeric: tabular-nums}
.dl-figures b {font-size: 1.15rem}
.st-key-figures [data-testid=stPageLink] a {padding-left: 0; min-height: 0}
.dl-line {padding: .35rem 0; border-bottom: 1px solid rgba(128, 128, 128, .25)}
.dl-between {display: flex; justify-content: space-between; gap: 1rem}
.dl-pairs {border-collapse: collapse; font-size: .93rem; width: 100%}
.dl-pairs td {padding: .2rem .6rem .2rem 0; vertical-align: top; overflow-wrap: anywhere}
.dl-pairs td:first-child {white-space: nowrap; width: 1%; padding-right: 1.5rem}
</style>
"""


def badge_colour(colour: str) -> str:
    """Streamlit's badge colour for a colour of the palette."""
    return COLOURS.get(colour, COLOURS["grey"])[0]


def hex_colour(colour: str) -> str:
    """The hex code for a colour of the palette."""
    return COLOURS.get(colour, COLOURS["grey"])[1]


def install_style() -> None:
    """Put the rules into the page; the shell calls it once a run."""
    st.html(_STYLE)
