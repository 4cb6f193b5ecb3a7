"""The script Streamlit runs at each rerun. It lies here because no folder `pages` may lie beside it (open door)."""

from core.ui.shell import show

show()
