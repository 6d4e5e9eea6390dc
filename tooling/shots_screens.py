# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which screens there are pictures of, and as whom they are looked at.

The screens are the lines of shots_screens.csv: a name; who sees it (everybody on the
staff, if that is empty); the action; the record whose form is shown, if any, as the
`first` or the `last` that fits; another view of the action; a method whose button is
pressed; a page of the portal instead, with the record's {id}; and selectors of what is
pressed before the picture is taken.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

# name: (login of the demo, what the browser pretends to be)
VIEWS = {
    "desktop-en": ("admin", DESKTOP),
    "desktop-sv": ("accountant", DESKTOP),
    "phone-en": ("consultant", PHONE),
    "phone-sv": ("accountant", PHONE),
    # An approver and manager, who is in the copy for pictures only.
    "desktop-evidence-sv": ("approver", DESKTOP),
    "phone-evidence-sv": ("approver", PHONE),
    # Somebody at the customer, in the portal; in the copy only as well.
    "desktop-portal-sv": ("customer", DESKTOP),
    "phone-portal-sv": ("customer", PHONE),
    "phone-portal-en": ("asiakas", PHONE),
}

LOGINS = {
    "": ("admin", "accountant", "consultant"),
    "admin": ("admin",),
    "bookkeepers": ("admin", "accountant"),
    "customers": ("customer", "asiakas"),
    "evidence": ("admin", "consultant", "approver"),
    "managers": ("admin", "approver"),
}


def is_phone(view):
    return VIEWS[view][1] is PHONE


@dataclass(frozen=True)
class Record:
    """The first or the last one that fits."""

    domain: tuple
    order: str

    @classmethod
    def parse(cls, text):
        """From `last state = posted & partner_id ilike Älgtjärn`."""
        which, _space, conditions = text.partition(" ")
        terms = (term.split(" ", 2) for term in conditions.split(" & ") if term)
        domain = tuple(
            (field, operator, False if value == "False" else value)
            for field, operator, value in terms
        )
        return cls(domain, {"first": "id", "last": "id desc"}[which])


@dataclass(frozen=True)
class Screen:
    name: str
    logins: tuple
    action: str  # external id
    record: Record | None  # all tabs of its form
    view: str
    button: str
    page: str
    press: tuple

    @classmethod
    def parse(cls, row):
        record, press = row.pop("record"), row.pop("press")
        return cls(
            logins=LOGINS[row.pop("who")],
            record=Record.parse(record) if record else None,
            press=tuple(press.split(" ; ")) if press else (),
            **row,
        )


with open(Path(__file__).with_suffix(".csv"), encoding="utf-8") as file:
    SCREENS = tuple(map(Screen.parse, csv.DictReader(file)))

ACCOUNT = "account.report_invoice_with_payments"
SPECIFICATION = "support_contract_billing.report_specification"
INVOICE = "move_type = out_invoice & state = posted & partner_id ilike"
# What is printed: name, report, model, record
DOCUMENTS = (
    ("pdf-invoice", ACCOUNT, "account.move", f"last {INVOICE} Älgtjärn"),
    ("pdf-invoice-finland", ACCOUNT, "account.move", f"last {INVOICE} Revontuli"),
    # The first one has the part of a month.
    ("pdf-invoice-part-of-month", ACCOUNT, "account.move", f"first {INVOICE} Havtorn"),
    ("pdf-specification", SPECIFICATION, "account.move", f"last {INVOICE} Älgtjärn"),
    (
        "pdf-specification-finland",
        SPECIFICATION,
        "account.move",
        f"last {INVOICE} Revontuli",
    ),
    (
        "pdf-price-change",
        "support_price_change.report_price_change",
        "support.price.run.line",
        "last state = applied",
    ),
    (
        "pdf-agreement",
        "support_contract.report_agreement",
        "support.contract",
        "last partner_id ilike Havtorn",
    ),
)

# Pictures of README.md: screen or document, name in docs/, widest it may be.
DOCS = {"contract": ("contract", 1000), "pdf-invoice": ("invoice", 800)}
DOCS_SIZE = {"width": 1440, "height": 720}
