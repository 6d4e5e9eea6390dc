# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the demo is about: an invented consultancy, its customers and their code.

Names, numbers and addresses are invented. Organisation numbers, VAT numbers and the
IBAN pass their check digits but lie in ranges that are not in use; telephone numbers
are from the range that the Swedish regulator keeps for films and books; e-mail and
web addresses end in example.com.

Plain data, read on both sides: by the command, which makes the repositories, and by
the script that runs inside Odoo.
"""

from dataclasses import dataclass

# The scheduled action runs early in the morning, Swedish time (02:15 in UTC: 04:15 in
# summer time, 03:15 in winter time). First it counts what the customers have. Then it
# counts what they have pushed before the count day of October, and says which fees
# change; it posts September's invoices, counts for November, and posts October's.
NIGHTS = (
    ("2026-09-12 02:15:00",),
    (
        "2026-09-24 02:15:00",
        "2026-10-01 02:15:00",
        "2026-10-25 02:15:00",
        "2026-11-01 02:15:00",
    ),
)
# When the consultancy entered its customers and contracts.
ENTERED = "2026-08-24 07:30:00"
# Contracts that are older were billed elsewhere up to this day.
TAKEN_OVER = "2026-08-31"


@dataclass(frozen=True)
class User:
    login: str  # also the password: this is a demo on one's own machine
    name: str
    lang: str
    role: str  # for the list of logins
    groups: tuple


USERS = (
    User(
        "admin",
        "Vera Granlund",
        "en_US",
        "administrator, in English",
        (
            "account.group_account_manager",
            "helpdesk_mgmt.group_helpdesk_manager",
            "hr_timesheet.group_timesheet_manager",
        ),
    ),
    User(
        "consultant",
        "Elis Norrman",
        "en_US",
        "consultant, in English",
        (
            "support_contract.group_support_user",
            "support_contract.group_support_approver",
            "helpdesk_mgmt.group_helpdesk_user",
            "hr_timesheet.group_hr_timesheet_user",
            "project.group_project_user",
        ),
    ),
    User(
        "accountant",
        "Maj Sundelin",
        "sv_SE",
        "accountant, in Swedish",
        ("support_contract.group_support_billing", "account.group_account_manager"),
    ),
)

COMPANY = {
    "name": "Granlyckan Affärssystem AB",
    "street": "Björnstigen 7",
    "zip": "411 01",
    "city": "Göteborg",
    "country": "SE",
    "phone": "031-390 06 00",
    "email": "info@granlyckan.example.com",
    "website": "https://granlyckan.example.com",
    "vat": "SE559999001601",
    "company_registry": "5599990016",
    "seat": "Göteborg",
    "bankgiro": "5999-0010",
    "iban": "SE5499900000000999000017",
    "bic": "GRANSE00XXX",
    "color": "#1f6b5c",
    "footer": (
        "<p>031-390 06 00 · info@granlyckan.example.com · granlyckan.example.com</p>"
    ),
}


@dataclass(frozen=True)
class Commit:
    """What a branch holds after a commit: add-ons by folder ("" is the top)."""

    date: str
    message: str
    folders: dict


@dataclass(frozen=True)
class Source:
    repository: str
    branch: str = "main"
    folders: str = ""  # the ones that are counted; all when empty


@dataclass(frozen=True)
class Instance:
    name: str
    role: str
    url: str
    series: str
    in_vm_pool: bool
    sources: tuple = ()
    billed: bool = None  # as the role says


@dataclass(frozen=True)
class Service:
    code: str
    start: str
    price: float = None  # as the terms say


@dataclass(frozen=True)
class Contract:
    partner: dict
    contact: dict
    signed: str
    services: tuple
    instances: tuple
    note: str
    conditions: tuple = ()  # (figure, what is agreed, why)
    manager: str = "consultant"  # login
    draft: bool = False
    lang: str = "sv_SE"
    # What the customer wants to see on invoices: an e-invoice has one of them.
    reference: str = ""
    order_number: str = ""


# Each branch of each repository: its history, one commit for each night.
REPOSITORIES = {
    "tallmossen/odoo": {
        "main": (
            Commit(
                "2026-08-19T14:05:00+02:00",
                "Subscriptions for garden furniture by the year",
                {"": ("contract",)},
            ),
            Commit(
                "2026-09-15T10:40:00+02:00",
                "Print delivery notes in the background",
                {"": ("contract", "queue_job")},
            ),
        ),
    },
    "lingonglanta/community": {
        "main": (
            Commit(
                "2026-08-26T09:15:00+02:00",
                "Help desk for the shops, periods on invoices",
                {
                    "helpdesk": ("helpdesk_mgmt", "helpdesk_type"),
                    "accounting": ("account_invoice_start_end_dates",),
                    # Lies in the repository and is not installed: not counted.
                    "attic": ("contract",),
                },
            ),
        ),
    },
    "lingonglanta/shops": {
        "main": (
            Commit(
                "2026-08-27T16:20:00+02:00",
                "Nightly jobs of the shops",
                {"": ("queue_job",)},
            ),
            Commit(
                "2026-09-16T11:30:00+02:00",
                "Response times for the shops' tickets",
                {"": ("helpdesk_mgmt_sla", "queue_job")},
            ),
        ),
    },
    "havtornsviken/odoo": {
        "main": (
            Commit(
                "2026-09-08T13:00:00+02:00",
                "Bookings are confirmed in the background",
                {"addons": ("queue_job",)},
            ),
        ),
    },
    "algtjarn/odoo": {
        "main": (
            Commit(
                "2026-08-21T08:50:00+02:00",
                "Workshop tickets",
                {"": ("helpdesk_mgmt",)},
            ),
            Commit(
                "2026-09-18T15:10:00+02:00",
                "Ticket types and response times, tested since August",
                {"": ("helpdesk_mgmt", "helpdesk_mgmt_sla", "helpdesk_type")},
            ),
        ),
        "test": (
            Commit(
                "2026-08-28T08:05:00+02:00",
                "Ticket types and response times",
                {"": ("helpdesk_mgmt", "helpdesk_mgmt_sla", "helpdesk_type")},
            ),
            Commit(
                "2026-09-21T09:45:00+02:00",
                "Service plans for company bikes, first round",
                {
                    "": (
                        "contract",
                        "helpdesk_mgmt",
                        "helpdesk_mgmt_sla",
                        "helpdesk_type",
                    )
                },
            ),
        ),
    },
    "revontuli/odoo": {
        "main": (
            Commit(
                "2026-08-25T12:30:00+03:00",
                "Seasonal contracts of the garden centres",
                {"": ("contract",)},
            ),
            Commit(
                "2026-09-17T17:00:00+03:00",
                "Invoice periods for seasonal contracts",
                {"": ("account_invoice_start_end_dates", "contract")},
            ),
        ),
    },
}

CONTRACTS = (
    Contract(
        partner={
            "name": "Tallmossens Trävaror AB",
            "street": "Sågverksgatan 14",
            "zip": "852 33",
            "city": "Sundsvall",
            "country": "SE",
            "vat": "SE559999012301",
            "company_registry": "5599990123",
            "email": "faktura@tallmossen.example.com",
            "phone": "0980-31 92 01",
            "website": "https://tallmossen.example.com",
        },
        contact={
            "name": "Göran Lidberg",
            "function": "Ekonomichef",
            "email": "goran.lidberg@tallmossen.example.com",
        },
        signed="2026-02-16",
        reference="Göran Lidberg",
        services=(Service("maintenance", "2026-03-01"),),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://odoo.tallmossen.example.com",
                "19.0",
                in_vm_pool=False,
                sources=(Source("tallmossen/odoo"),),
            ),
        ),
        note="<p>Runs Odoo on a server of its own in Sundsvall; we have no part in its "
        "operation. Göran wants to be called before larger modules are added, since "
        "they raise the monthly fee.</p>",
    ),
    Contract(
        partner={
            "name": "Lingonglänta Livs AB",
            "street": "Prästgatan 52",
            "zip": "831 31",
            "city": "Östersund",
            "country": "SE",
            "vat": "SE559999023001",
            "company_registry": "5599990230",
            "email": "leverantor@lingonglanta.example.com",
            "phone": "0980-31 92 02",
            "website": "https://lingonglanta.example.com",
        },
        contact={
            "name": "Ann-Britt Jonasson",
            "function": "IT-ansvarig",
            "email": "ann-britt.jonasson@lingonglanta.example.com",
        },
        signed="2026-08-20",
        reference="Kst 4410",
        order_number="LL-2026-118",
        services=(
            Service("maintenance", "2026-09-01"),
            Service("patch", "2026-09-01"),
        ),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://butik.lingonglanta.example.com",
                "19.0",
                in_vm_pool=True,
                sources=(
                    Source("lingonglanta/community", folders="helpdesk, accounting"),
                    Source("lingonglanta/shops"),
                ),
            ),
        ),
        note="<p>Eleven shops, open every day: hot-fixes go in before 06:00. The "
        "folder <i>attic</i> in the community repository is not installed and not "
        "counted.</p>",
    ),
    Contract(
        partner={
            "name": "Silverforsens Fysioterapi AB",
            "street": "Kungsgatan 81",
            "zip": "903 30",
            "city": "Umeå",
            "country": "SE",
            "vat": "SE559999034701",
            "company_registry": "5599990347",
            "email": "ekonomi@silverforsen.example.com",
            "phone": "0980-31 92 03",
            "website": "https://silverforsen.example.com",
        },
        contact={
            "name": "Yasmin Dahl",
            "function": "Verksamhetschef",
            "email": "yasmin.dahl@silverforsen.example.com",
        },
        signed="2026-08-21",
        reference="Yasmin Dahl",
        services=(Service("operations", "2026-09-01"),),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://odoo.silverforsen.example.com",
                "18.0",
                in_vm_pool=True,
                billed=False,
            ),
        ),
        note="<p>Plain Odoo without modules of its own, so operations only. Upgrades "
        "are quoted one by one.</p>",
        manager="admin",
    ),
    Contract(
        partner={
            "name": "Havtornsvikens Rederi AB",
            "street": "Norra Hamngatan 3",
            "zip": "972 31",
            "city": "Luleå",
            "country": "SE",
            "vat": "SE559999045301",
            "company_registry": "5599990453",
            "email": "invoice@havtornsviken.example.com",
            "phone": "0980-31 92 04",
            "website": "https://havtornsviken.example.com",
        },
        contact={
            "name": "Torsten Eklöv",
            "function": "Driftchef",
            "email": "torsten.eklov@havtornsviken.example.com",
        },
        signed="2026-09-10",
        order_number="HR 70233",
        services=(
            Service("maintenance", "2026-09-12"),
            Service("operations", "2026-09-12", price=3200.0),
        ),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://bokning.havtornsviken.example.com",
                "19.0",
                in_vm_pool=True,
                sources=(Source("havtornsviken/odoo", folders="addons"),),
            ),
        ),
        note="<p>Started on 12 September, after the summer's traffic. A larger machine "
        "than usual: operations at 3,200 a month. It renews for a year at a time.</p>",
        conditions=(
            ("renewal_months", 12, "Årsvis, efter kundens budget"),
            ("notice_months", 3, ""),
        ),
    ),
    Contract(
        partner={
            "name": "Älgtjärns Cykel AB",
            "street": "Drottninggatan 26",
            "zip": "803 20",
            "city": "Gävle",
            "country": "SE",
            "vat": "SE559999056001",
            "company_registry": "5599990560",
            "email": "faktura@algtjarn.example.com",
            "phone": "0980-31 92 05",
            "website": "https://algtjarn.example.com",
        },
        contact={
            "name": "Fredrik Halvarsson",
            "function": "Verkstadschef",
            "email": "fredrik.halvarsson@algtjarn.example.com",
        },
        signed="2025-10-14",
        reference="Fredrik Halvarsson",
        services=(
            Service("maintenance", "2025-11-01"),
            Service("operations", "2025-11-01"),
            Service("patch", "2026-04-01"),
        ),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://odoo.algtjarn.example.com",
                "19.0",
                in_vm_pool=True,
                sources=(Source("algtjarn/odoo"),),
            ),
            Instance(
                "Test",
                "test",
                "https://odoo-test.algtjarn.example.com",
                "19.0",
                in_vm_pool=True,
                sources=(Source("algtjarn/odoo", branch="test"),),
            ),
        ),
        note="<p>New modules are tried on the test instance first, which is never "
        "billed; what is merged into <i>main</i> counts from the next month.</p>",
    ),
    Contract(
        partner={
            "name": "Revontuli Puutarhat Oy",
            "street": "Rantakatu 19",
            "zip": "65100",
            "city": "Vaasa",
            "country": "FI",
            "vat": "FI99999909",
            "company_registry": "9999990-9",
            "email": "laskut@revontuli.example.com",
            "website": "https://revontuli.example.com",
        },
        contact={
            "name": "Tuula Korpinen",
            "function": "Chief Financial Officer",
            "email": "tuula.korpinen@revontuli.example.com",
        },
        signed="2026-08-24",
        reference="Tuula Korpinen",
        order_number="PO-5512",
        services=(
            Service("maintenance", "2026-09-01"),
            Service("operations", "2026-09-01"),
        ),
        instances=(
            Instance(
                "Production",
                "production",
                "https://odoo.revontuli.example.com",
                "19.0",
                in_vm_pool=True,
                sources=(Source("revontuli/odoo"),),
            ),
        ),
        note="<p>Finnish business with a VAT number: no Swedish VAT, reverse charge. "
        "Invoices in English.</p>",
        lang="en_US",
    ),
    Contract(
        partner={
            "name": "Kvarnbygdens Kommunalförbund",
            "street": "Torget 1",
            "zip": "824 80",
            "city": "Hudiksvall",
            "country": "SE",
            "vat": "SE559999078401",
            "company_registry": "5599990784",
            "email": "registrator@kvarnbygden.example.com",
            "phone": "0980-31 92 08",
            "website": "https://kvarnbygden.example.com",
            "support_public_customer": True,
            "invoice_sending_method": "peppol",
        },
        contact={
            "name": "Gunilla Åkerberg",
            "function": "Verksamhetschef",
            "email": "gunilla.akerberg@kvarnbygden.example.com",
        },
        signed="2026-08-26",
        reference="ZZ4021ÅKE",
        services=(Service("operations", "2026-09-01"),),
        instances=(
            Instance(
                "Produktion",
                "production",
                "https://odoo.kvarnbygden.example.com",
                "18.0",
                in_vm_pool=True,
                billed=False,
            ),
        ),
        note="<p>Public customer: e-invoices with their reference code only, never by "
        "e-mail, and at most 30 days to pay.</p>",
        manager="admin",
    ),
    Contract(
        partner={
            "name": "Stjärnmyrans Bryggeri AB",
            "street": "Strandgatan 40",
            "zip": "621 55",
            "city": "Visby",
            "country": "SE",
            "vat": "SE559999067701",
            "company_registry": "5599990677",
            "email": "kontor@stjarnmyran.example.com",
            "phone": "0980-31 92 07",
            "website": "https://stjarnmyran.example.com",
        },
        contact={
            "name": "Linnéa Botvidsson",
            "function": "VD",
            "email": "linnea.botvidsson@stjarnmyran.example.com",
        },
        signed=None,
        services=(
            Service("maintenance", "2026-12-01"),
            Service("operations", "2026-12-01"),
        ),
        instances=(),
        note="<p>Offer sent; goes live on 1 December if the brewery's board says yes "
        "in November. The repository comes with the hand-over.</p>",
        manager="admin",
        draft=True,
    ),
)
