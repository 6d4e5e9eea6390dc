# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which screens there are pictures of, and as whom they are looked at.

The screens are the lines of shots_screens.csv: a name; who sees it (everybody on the
staff, if that is empty); the action; the record whose form is shown, if any, as the
`first` or the `last` that fits; another view of the action; a method whose button is
pressed; a page of the portal instead, with the record's {id}; and selectors of what is
pressed before the picture is taken. Where the page is a PDF, the model is named instead
of an action.
"""

import csv
from pathlib import Path
from types import SimpleNamespace

DESKTOP = {"viewport": {"width": 1400, "height": 900}}
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
    "workers": ("admin", "consultant", "approver"),
}

with open(Path(__file__).with_suffix(".csv"), encoding="utf-8") as file:
    SCREENS = [SimpleNamespace(**row) for row in csv.DictReader(file)]
COLUMNS = tuple(vars(SCREENS[0]))

# Pictures of README.md: file, name in docs/, widest and highest that they may be.
DOCS = {
    "contract-desktop-en": ("contract", 1000, 500),
    "pdf-invoice-desktop-en": ("invoice", 800, 1200),
    # Papers are in the customer's language.
    "pdf-agreement-desktop-en": ("agreement-sv", 800, 1200),
    "pdf-agreement-finland-desktop-en": ("agreement-en", 800, 1200),
}


def parse_record(text):
    """(domain, order) of `last state = posted & partner_id ilike Älgtjärn`."""
    which, _space, conditions = text.partition(" ")
    terms = (term.split(" ", 2) for term in conditions.split(" & ") if term)
    domain = [
        (field, operator, False if value == "False" else value)
        for field, operator, value in terms
    ]
    return domain, {"first": "id", "last": "id desc"}[which]


def parse_screen(line):
    """A screen that is written as a line of the file is."""
    return SimpleNamespace(**dict(zip(COLUMNS, next(csv.reader([line])), strict=True)))
