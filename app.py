"""The process: pages, jobs and routes on one port. Start it by `make run`, `python app.py`, `streamlit run app.py` or
`uvicorn app:app`, always from this folder."""

import streamlit as st

from core.settings import ROOT
from core.web.failures import on_script_error
from core.web.process import lifespan, prepare
from core.web.routes import MIDDLEWARE, ROUTES

OPTIONS = prepare()
# A literal call: `streamlit run` finds it in the syntax tree. The script lies beside no folder `pages` (open door).
app = st.App(
    ROOT / "core" / "ui" / "entry.py",
    lifespan=lifespan,
    routes=ROUTES,
    middleware=MIDDLEWARE,
    on_script_error=on_script_error,
)

if __name__ == "__main__":
    app.run(config=OPTIONS)
