"""Permissions and the five ready-made roles of the seed. A permission is one row."""

from dataclasses import dataclass

from core.i18n import N_

ADMIN, LEAD, CS, WAREHOUSE, ANALYST = "admin", "lead", "cs", "warehouse", "analyst"
ROLES = {
    ADMIN: N_("Administrator"),
    LEAD: N_("Operations lead"),
    CS: N_("Customer service"),
    WAREHOUSE: N_("Warehouse"),
    ANALYST: N_("Analyst"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may do, and the roles that may."""

    name: str
    label: str
    roles: tuple[str, ...]


PERMISSIONS: tuple[Permission, ...] = (
    Permission("overview.view", N_("See the overview"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("orders.view", N_("See orders"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("orders.money", N_("See amounts of orders"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("orders.tag", N_("Tag orders"), (ADMIN, LEAD)),
    Permission("orders.release", N_("Release or reject held orders"), (ADMIN, LEAD)),
    Permission("orders.export", N_("Export orders"), (ADMIN, LEAD, ANALYST)),
    Permission("orders.raw", N_("See raw payloads"), (ADMIN,)),
    Permission("person.open", N_("Open phone and address"), (ADMIN, LEAD, CS)),
    Permission("tickets.use", N_("Look up orders for customers and work on tickets"), (ADMIN, LEAD, CS)),
    Permission("outbound.update", N_("Update outbound state"), (ADMIN, LEAD, WAREHOUSE)),
    Permission("warehouse.setup", N_("Set up printers, waves and packing"), (ADMIN, LEAD)),
    Permission("outbox.view", N_("See what leaves the house"), (ADMIN, LEAD, CS)),
    Permission("outbox.settle", N_("Send refused messages again, mend or leave them"), (ADMIN, LEAD)),
    Permission("parcels.view", N_("See parcels on the road"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("parcels.settle", N_("Ask couriers and settle troubles of parcels"), (ADMIN, LEAD, CS)),
    Permission("parcels.setup", N_("Set up couriers' services and when a parcel is late"), (ADMIN,)),
    Permission("after_sales.view", N_("See after-sales cases"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("after_sales.work", N_("Open and decide after-sales cases, send goods again"), (ADMIN, LEAD, CS)),
    Permission("after_sales.receive", N_("Receive goods that come back"), (ADMIN, LEAD)),
    Permission("after_sales.faults", N_("Confirm faults of dispatches and their cost"), (ADMIN, LEAD, CS)),
    Permission("channels.view", N_("See channels"), (ADMIN, LEAD)),
    Permission("channels.edit", N_("Connect and change shops"), (ADMIN,)),
    Permission("channels.run", N_("Run, pause and back-fill a pull"), (ADMIN, LEAD)),
    Permission("rejects.settle", N_("Retry or set aside rejects"), (ADMIN, LEAD)),
    Permission("mapping.view", N_("See field mappings"), (ADMIN, LEAD)),
    Permission("mapping.edit", N_("Change field mappings"), (ADMIN,)),
    Permission("model.view", N_("See the data model"), (ADMIN, LEAD, ANALYST)),
    Permission("model.edit", N_("Change the data model"), (ADMIN,)),
    Permission("rules.view", N_("See rules"), (ADMIN, LEAD, ANALYST)),
    Permission("rules.edit", N_("Change rules"), (ADMIN,)),
    Permission("promotions.view", N_("See promotions and gift stock"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("promotions.edit", N_("Change promotions and gift stock"), (ADMIN,)),
    Permission("stock.view", N_("See stock"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("stock.edit", N_("Change stock settings, book and settle stock"), (ADMIN, LEAD)),
    Permission("flow.view", N_("See flows and what happens in them"), (ADMIN, LEAD, ANALYST)),
    Permission("flow.edit", N_("Draw and publish flows"), (ADMIN,)),
    Permission("flow.run", N_("Start orders in a flow and retry parked ones"), (ADMIN, LEAD)),
    Permission("review.view", N_("See the review desk"), (ADMIN, LEAD, CS)),
    Permission("review.decide", N_("Decide at the review desk, within the role's limit"), (ADMIN, LEAD, CS)),
    Permission("review.senior", N_("Decide what only a lead may decide at the review desk"), (ADMIN, LEAD)),
    Permission("review.limits", N_("Set who may release up to which amount"), (ADMIN,)),
    Permission("refund.override", N_("Let an order go in spite of a refund"), (ADMIN, LEAD)),
    Permission("board.view", N_("See the board"), (ADMIN, LEAD, CS)),
    Permission("board.move", N_("Move orders on the board"), (ADMIN, LEAD)),
    Permission("robots.edit", N_("Set up robots that tell people"), (ADMIN,)),
    Permission("alerts.view", N_("See what people are told by robots and e-mail"), (ADMIN, LEAD, CS)),
    Permission("routing.view", N_("See warehouses, rate cards and routing"), (ADMIN, LEAD, ANALYST)),
    Permission("routing.edit", N_("Change warehouses, rate cards and routing policies"), (ADMIN,)),
    Permission("routing.run", N_("Route open orders anew"), (ADMIN, LEAD)),
    Permission("products.view", N_("See products"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("products.edit", N_("Change products and link unknown SKUs"), (ADMIN, LEAD)),
    Permission("live.view", N_("See the live board and arrange one's own"), (ADMIN, LEAD, CS, ANALYST)),
    Permission("live.boards", N_("Arrange the live board of a role"), (ADMIN, LEAD)),
    Permission("insight.view", N_("See outcomes"), (ADMIN, LEAD, ANALYST)),
    Permission("faults.note", N_("Confirm dispatch errors and note losses"), (ADMIN, LEAD, CS)),
    Permission("reports.make", N_("Make monthly reports and say which figures alert"), (ADMIN, LEAD)),
    Permission("insight.targets", N_("Set the targets of outcomes"), (ADMIN, LEAD)),
    Permission("history.view", N_("See history and ask own questions of it"), (ADMIN, LEAD, ANALYST)),
    Permission("console.use", N_("Use the SQL console"), (ADMIN, LEAD, ANALYST)),
    Permission("suppliers.view", N_("See suppliers and their punctuality"), (ADMIN, LEAD, ANALYST)),
    Permission("suppliers.edit", N_("Import purchase lines and confirm suggestions to suppliers"), (ADMIN, LEAD)),
    Permission("freight.view", N_("See courier bills and their differences"), (ADMIN, LEAD, ANALYST)),
    Permission("freight.edit", N_("Import courier bills and settle their differences"), (ADMIN, LEAD)),
    Permission("accounts.edit", N_("Manage accounts"), (ADMIN,)),
    Permission("roles.edit", N_("Build roles"), (ADMIN,)),
    Permission("audit.view", N_("See the audit trail"), (ADMIN,)),
    Permission("audit.export", N_("Export the audit trail"), (ADMIN,)),
    Permission("secrets.edit", N_("See which secrets exist and replace them"), (ADMIN,)),
    Permission("person.erase", N_("Erase a person's data and set how long data is kept"), (ADMIN,)),
    Permission("demo.end", N_("Switch demonstration data off"), (ADMIN,)),
    Permission("backups.make", N_("Make, check and restore back-ups"), (ADMIN,)),
    Permission("jobs.view", N_("See jobs"), (ADMIN, LEAD)),
    Permission("jobs.run", N_("Run, pause and resume jobs"), (ADMIN, LEAD)),
    Permission("own.account", N_("Change one's own password and language"), (ADMIN, LEAD, CS, WAREHOUSE, ANALYST)),
    Permission("help.view", N_("Read the help"), (ADMIN, LEAD, CS, WAREHOUSE, ANALYST)),
)
NAMES = frozenset(permission.name for permission in PERMISSIONS)


def of_role(role: str) -> frozenset[str]:
    """The permissions of a role; none for an unknown one."""
    return frozenset(permission.name for permission in PERMISSIONS if role in permission.roles)
