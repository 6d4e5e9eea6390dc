# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The table of cases, ``cases.csv``: what the clauses give, worked out by hand.

One row is one piece of work with time on one day. An empty cell is the usual: services
since 1 September 2026, one instance in our pool, no module, office hours.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from odoo import Command

from .common import SupportScopeCommon

TABLE = Path(__file__).with_name("cases.csv")
SERVICE = re.compile(
    r"(?P<code>\w+)(?: from (?P<start>[\d-]+))?(?: until (?P<end>[\d-]+))?"
)
REPRODUCTION = re.compile(
    r"(?P<state>open|reproduced|not reproducible)(?: in (?P<module>\w+?))?"
    r"(?: in Odoo (?P<series>[\d.]+))?(?: by (?P<day>[\d-]+))?"
)
MODULES = {
    "covered": "acme_sale",
    "not covered": "acme_web",
    "covered until 2026-09-14": "acme_left",
    "Odoo's own": "sale",
}
FACTORS = {"evening": 1.5, "weekend": 2.0, "emergency": 2.0}
# In which instances of the customer there are, by what the row says: (in our pool?), or
# the day on which it left.
INSTANCES = {
    "": (True,),
    "all in our pool": (True,),
    "all outside": (False,),
    "in our pool": (True, False),
    "outside": (True, False),
    "some outside": (True, False),
    "in our pool until 2026-09-14": ("2026-09-15",),
}


@dataclass(frozen=True)
class Row:
    """One row of the table, by the heads of its columns."""

    cells: dict

    def __getitem__(self, name):
        return self.cells[name]

    def __str__(self):
        return f"{self['No']}: {self['Clause']}, {self['Case']}"

    @property
    def agreement(self):
        """What rows of one contract have in common."""
        names = ("Services", "Agreement", "Upgrade", "Discount %", "Increment")
        return (*(self[name] for name in names), INSTANCES[self["Instance"]])

    @property
    def verdict(self):
        return self["Verdict"].replace(" ", "_")

    @property
    def day(self):
        return date.fromisoformat(self["Day"])

    @property
    def entries(self):
        """[(minutes, code of another category or kind of work, or "")]."""
        parts = [part.split() for part in self["Minutes"].split("+")]
        return [(int(part[0]), "".join(part[1:])) for part in parts]

    @property
    def expected(self):
        """(verdict, clause, billed minutes, amount)."""
        held = self["Amount"] == "held"
        return (
            self.verdict,
            self["Decided by"],
            int(self["Billed minutes"]),
            "held" if held else Decimal(self["Amount"]),
        )


def read_table():
    """Every :class:`Row`."""
    with open(TABLE, encoding="utf-8", newline="") as stream:
        return [Row(cells) for cells in csv.DictReader(stream)]


class SupportCasesCommon(SupportScopeCommon):
    """Makes of each row a contract, a task and logged time, and bills the month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Rights matter here, not what maintenance costs: it is billed without counts.
        cls.maintenance = cls.type_maintenance.copy(
            {"code": "maintenance_fixed", "basis": "fixed", "min_months": 0}
        )

    def setUp(self):
        super().setUp()
        # {key: record}, made once in a test.
        self.versions, self.agreements, self.reproductions = {}, {}, {}

    def _get_reproduction(self, row, module):
        """What the row says was tried: in its own module unless it names another."""
        match = REPRODUCTION.fullmatch(row["Reproduction"])
        key = (*match.groups(), module)
        if key not in self.reproductions:
            tried = self.env["support.reproduction"].create(
                {
                    "name": row["Reproduction"],
                    "module_name": match["module"] or module or "acme_sale",
                    "series": match["series"] or "19.0",
                    "steps": "<p>Press</p>",
                    "expected": "<p>25 %</p>",
                    "seen": "<p>50 %</p>",
                    "specification": "Odoo's documentation",
                    "dataset_version": "2026-1",
                }
            )
            with self._on(match["day"] or "2026-09-01"):
                if match["state"] == "reproduced":
                    tried.action_reproduced()
                elif match["state"] == "not reproducible":
                    tried.action_not_reproducible()
            self.reproductions[key] = tried
        return self.reproductions[key]

    def _run_rows(self, rows):
        """Bill the month of the rows, and compare each with what it expects."""
        for row in rows:
            if row.agreement not in self.agreements:
                self.agreements[row.agreement] = self._create_agreement(row)
        # Newer than all terms: what is published names every category of its day.
        self.unnamed = self.env["support.scope.category"].create(
            {"name": "New", "code": "not_in_any_terms", "wording": "New."}
        )
        # The invoices of July, which nobody pays.
        self._run_cron("2026-08-01")
        with self._on("2026-09-02"):
            tasks = {str(row): self._create_row_task(row) for row in rows}
        self._run_cron("2026-10-01", agreed=True)
        for row in rows:
            with self.subTest(str(row)):
                self.assertEqual(self._read_row(tasks[str(row)]), row.expected)

    # -- the agreement ----------------------------------------------------------------

    def _create_agreement(self, row):
        """A contract with its instances and project."""
        suspends = row["Agreement"].startswith("suspends")
        first = "2026-07-01" if suspends else "2026-09-01"
        services = [SERVICE.fullmatch(part) for part in row["Services"].split(" + ")]
        contract = self.env["support.contract"].create(
            {
                "partner_id": self.customer.id,
                "terms_id": self._get_version(row).id,
                "date_signed": "2026-06-20",
                "billed_through": "2026-06-30" if suspends else "2026-08-31",
                "time_billed_from": "2026-09-01",
                "approval_required": False,
                "service_ids": [
                    Command.create(
                        {
                            "type_id": self._get_type(service["code"]).id,
                            "date_start": service["start"] or first,
                        }
                    )
                    for service in services
                ],
            }
        )
        self._create_instances(contract, INSTANCES[row["Instance"]])
        if row["Agreement"] == "cancelled":
            contract.action_cancel()
        elif row["Agreement"] != "draft":
            contract._set_state("active")
        for service, match in zip(contract.service_ids, services, strict=True):
            if match["end"]:
                contract._amend(
                    service.date_start, "Ends", [(service, {"date_end": match["end"]})]
                )
        self.env["project.project"].create(
            {
                "name": f"{row['Services']} {row['Agreement']}",
                "allow_timesheets": True,
                "privacy_visibility": "employees",
                "support_contract_id": contract.id,
            }
        )
        return contract

    def _get_type(self, code):
        if code == "maintenance":
            return self.maintenance
        return self.env["support.service.type"].search([("code", "=", code)])

    def _get_version(self, row):
        """The published terms with the figures of the row."""
        suspended = row["Agreement"].partition("suspends ")[2]
        key = (row["Discount %"], row["Increment"], suspended)
        if key not in self.versions:
            rights = self.env["support.right"].search(
                [("code", "in", suspended.split(", "))]
            )
            terms = self._create_terms(
                version=f"{len(self.versions)} of the table",
                hourly_discount=float(row["Discount %"]),
                time_increment=int(row["Increment"]),
                suspend_days=40 if suspended else 0,
                suspend_right_ids=[Command.set(rights.ids)],
            )
            terms.price_ids = [
                Command.create({"type_id": self.maintenance.id, "price_unit": 900.0})
            ]
            terms.action_publish()
            self.versions[key] = terms
        return self.versions[key]

    def _create_instances(self, contract, pools):
        for in_pool in pools:
            instance = self._create_instance(
                contract,
                name="In our pool" if in_pool else "Outside",
                series="19.0",
                in_vm_pool=in_pool is True,
                date_moved=in_pool if isinstance(in_pool, str) else False,
                billed=False,
            )
            self.env["support.instance.module"].create(
                [
                    {"instance_id": instance.id, "name": "acme_sale"},
                    {"instance_id": instance.id, "name": "acme_left"},
                    {
                        "instance_id": instance.id,
                        "name": "acme_web",
                        "covered": False,
                    },
                    {
                        "instance_id": instance.id,
                        "name": "sale",
                        "origin": "core",
                        "covered": False,
                    },
                ]
            )

    # -- the work ---------------------------------------------------------------------

    def _create_row_task(self, row):
        contract = self.agreements[row.agreement]
        vals = self._prepare_row_vals(row, contract)
        module = vals.pop("support_module_id")
        task = self._create_task(**vals, name=f"Case {row['No']}")
        # Afterwards, as a module that turns out to be another one.
        task.support_module_id = module
        people = (self.anna, self.bo)
        for number, (minutes, other) in enumerate(row.entries):
            more = {}
            if other and (kind := self._get_type(other)):
                more["support_type_id"] = kind.id
            elif other:
                more["support_category_id"] = self._category(other).id
            self._log(task, minutes, row["Day"], people[number % 2], **more)
        return task

    def _prepare_row_vals(self, row, contract):
        """Values of the task of a row; extend for more facts."""
        instance = contract.instance_ids.browse()
        if row["Instance"] in ("in our pool", "outside") or row["Module"]:
            in_pool = row["Instance"] != "outside"
            instance = contract.instance_ids.filtered(
                lambda one: one.in_vm_pool == in_pool
            )
        name = MODULES.get(row["Module"])
        module = instance.module_ids.filtered(lambda one: one.name == name)
        if name == "acme_left" and module.covered:
            leaves = [(module, {"covered": False})]
            with self._on("2026-09-30"):
                contract._amend(date(2026, 9, 15), "The module leaves", leaves)
        factor = row["Ordered for"]
        vals = {
            "project_id": contract.support_project_ids.id,
            "category": row["Category"],
            "support_instance_id": instance.id,
            "support_module_id": module.id,
            "reproduction_id": self._get_reproduction(row, name).id
            if row["Reproduction"]
            else False,
            "delivery": "hotfix" if row["Delivery"] == "hot-fix" else False,
            "work_factor_id": self.env.ref(f"support_scope.work_factor_{factor}").id
            if factor
            else False,
        }
        if row["Category"] in ("none", "not in the terms"):
            vals["category"] = None
        if row["Category"] == "not in the terms":
            vals["scope_category_id"] = self.unnamed.id
        return vals

    def _read_row(self, task):
        """(verdict, clause, billed minutes, amount) of what was billed for a task."""
        lines = task.timesheet_ids
        line = lines.filtered(lambda line: not line.support_category_id)[:1]
        charges = lines.support_charge_id
        amount = sum((Decimal(str(one)) for one in charges.mapped("amount")), Decimal())
        invoiced = charges.filtered(lambda charge: charge.state == "invoiced")
        self.assertEqual(
            {*invoiced.move_id.mapped("state")} - {"posted"}, set(), "Not posted"
        )
        subtotals = map(str, invoiced.move_line_id.mapped("price_subtotal"))
        self.assertEqual(sum(map(Decimal, subtotals), Decimal()), amount, "Invoiced")
        unpriced = lines.filtered("support_by_hours") - charges.time_line_ids
        if unpriced:
            self.assertIn(
                task.display_name, task.support_contract_id.held_time, "Not held"
            )
        return (
            line.support_verdict,
            line.support_clause or "",
            sum(charges.day_ids.mapped("billed_minutes")),
            "held" if unpriced else amount,
        )
