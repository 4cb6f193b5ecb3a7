"""The accounts, jobs and audit pages: what they list, and what their dialogs do."""

from streamlit.testing.v1 import AppTest

from core import runtime
from core.people.actor import person
from core.people.logins import log_in
from core.services import accounts
from core.store import Store

BOSS = person("admin", "admin")


def texts(app) -> str:
    return "\n".join([element.value for element in [*app.markdown, *app.caption]])


def staffed(store: Store) -> Store:
    accounts.create_first(store, "admin", "老板", "correct horse")
    accounts.add(BOSS, store, "wang.mei", "王[梅](http://x)", "cs")
    accounts.add(BOSS, store, "li", "李强", "warehouse")
    return store


def test_the_people_are_listed_with_role_and_state(served: Store, open_page) -> None:
    staffed(served)
    shown = texts(open_page("people"))
    assert "老板" in shown and ":red-badge[管理员]" in shown and ":gray-badge[您本人]" in shown
    assert "王\\[梅\\]\\(http\\:\\/\\/x\\)" in shown.replace("/", "\\/") and ":orange-badge[临时密码]" in shown
    assert "共 3 个账号，3 个启用，0 人在线" in shown


def test_the_search_and_the_role_narrow_the_list(served: Store, open_page) -> None:
    staffed(served)
    shown = texts(open_page("people", people_search="李"))
    assert "李强" in shown and "老板" not in shown
    assert "没有符合条件的账号" in texts(open_page("people", people_search="nobody"))


def test_an_account_is_added_in_the_dialog_and_its_password_shown_once(served: Store, open_page) -> None:
    staffed(served)
    open_page("people")  # the person and the language

    def form() -> None:
        from core.ui.people.dialogs import add_form

        add_form()

    app = AppTest.from_function(form, default_timeout=30).run()
    assert app.button("new_add").disabled
    app.text_input("new_account").set_value("Zhou").run()
    app.text_input("new_name").set_value("周经理").run()
    app.selectbox("new_role").set_value("lead").run()
    app.button("new_add").click().run()
    assert [(row.account, row.role) for row in accounts.listing(BOSS, served) if row.account == "zhou"] == [
        ("zhou", "lead")
    ]
    password = app.code[0].value.splitlines()[1].rpartition(" ")[2]
    assert log_in(served, "zhou", password, address="", agent="")
    app.button("handed_over").click().run()
    assert not app.code


def test_the_jobs_page_tells_how_each_job_went(served: Store, open_page) -> None:
    scheduler = runtime.scheduler()
    assert scheduler.store is served
    shown = texts(open_page("jobs"))
    assert "数据库维护" in shown and ":gray-badge[尚未运行]" in shown and "每 15 分钟" in shown


def test_a_job_is_paused_on_the_page(served: Store, open_page) -> None:
    app = open_page("jobs", language="en")
    app.button("pause_upkeep").click().run()
    assert ":gray-badge[paused]" in texts(app)
    assert next(row for row in runtime.scheduler().rows() if row.job.name == "upkeep").state.paused


def test_the_audit_page_filters_by_the_address(served: Store, open_page) -> None:
    staffed(served)
    assert "3 条记录" in texts(open_page("audit"))
    app = open_page("audit", audit_text="wang.mei")
    assert "1 条记录" in texts(app)
    frame = app.dataframe[0].value
    assert list(frame["action"]) == ["添加账号"] and list(frame["subject"]) == ["wang.mei"]
