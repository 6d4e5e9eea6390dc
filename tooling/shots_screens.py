# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which screens there are pictures of, and as whom they are looked at."""

from dataclasses import dataclass

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

# Who sees a screen that names nobody.
EVERYBODY = ("admin", "accountant", "consultant")
EVIDENCE = ("admin", "consultant", "approver")
CUSTOMERS = ("customer", "asiakas")
BOOKKEEPERS = ("admin", "accountant")
MANAGERS = ("admin", "approver")


def is_phone(view):
    return VIEWS[view][1] is PHONE


@dataclass(frozen=True)
class Screen:
    name: str
    action: str  # external id
    model: str = ""  # with it, the form of a record; all its tabs
    domain: tuple = ()
    order: str = "id"
    view: str = ""  # another view of the action
    method: str = ""  # of the record: what its button opens
    logins: tuple = EVERYBODY  # who may see it
    press: tuple = ()  # selectors of what is pressed before
    path: str = ""  # a page of the portal instead, with the record's {id}


KORNKNARREN = ("contract_id.partner_id", "ilike", "Kornknarren")
HOLDS = (KORNKNARREN, ("state", "=", "to_review"))
SOURCE = (
    "[name=all_source_ids] :is(.o_data_row .o_data_cell[name=kind],"
    " .o_kanban_record:not(.o_kanban_ghost))"
)
ADD_REPORT = ".o_statusbar_buttons button.o_support_add_report"
ALGTJARN = ("contract_id.partner_id", "ilike", "Älgtjärn")

SCREENS = (
    Screen("contracts", "support_contract.support_contract_action"),
    Screen(
        "contract",
        "support_contract.support_contract_action",
        "support.contract",
        (("partner_id", "ilike", "Älgtjärn"),),
    ),
    Screen(
        "contract-draft",
        "support_contract.support_contract_action",
        "support.contract",
        (("state", "=", "draft"),),
    ),
    Screen("instances", "support_instance.support_instance_action"),
    Screen(
        "instance",
        "support_instance.support_instance_action",
        "support.instance",
        (ALGTJARN, ("role", "=", "production")),
    ),
    Screen("portal-access", "support_contract.support_contract_contact_action"),
    Screen("amendments", "support_contract.support_contract_amendment_action"),
    Screen("events", "support_contract.support_event_action"),
    Screen(
        "credentials", "support_instance.support_credential_action", logins=("admin",)
    ),
    Screen("reports", "support_instance.support_cloc_report_action"),
    Screen("counts", "support_instance.support_count_action"),
    Screen(
        "count",
        "support_instance.support_count_action",
        "support.count",
        (ALGTJARN, ("instance_id.role", "=", "production")),
        "id desc",
    ),
    Screen("count-review", "support_instance.support_count_review_action"),
    Screen("growth", "support_instance.support_count_growth_action"),
    Screen(
        "growth-unordered", "support_instance.support_count_growth_unordered_action"
    ),
    Screen(
        "count-holds",
        "support_instance.support_count_action",
        "support.count",
        HOLDS,
        logins=EVIDENCE,
    ),
    Screen(
        "count-holds-compare",
        "support_instance.support_count_action",
        "support.count",
        HOLDS,
        logins=EVIDENCE,
        press=("button[name=action_compare]",),
    ),
    Screen(
        "count-holds-reject",
        "support_instance.support_count_action",
        "support.count",
        HOLDS,
        logins=EVIDENCE,
        press=("button[name=action_reject]",),
    ),
    Screen(
        "count-holds-verify",
        "support_instance.support_count_action",
        "support.count",
        HOLDS,
        logins=EVIDENCE,
        press=("button[name=action_verify]",),
    ),
    Screen(
        "counts-list",
        "support_instance.support_count_action",
        view="list",
        logins=EVIDENCE,
    ),
    Screen(
        "count-review-list",
        "support_instance.support_count_review_action",
        logins=EVIDENCE,
    ),
    Screen(
        "growth-list",
        "support_instance.support_count_growth_action",
        view="list",
        logins=EVIDENCE,
    ),
    Screen(
        "growth-pivot",
        "support_instance.support_count_growth_action",
        view="pivot",
        logins=EVIDENCE,
    ),
    Screen(
        "count-run",
        "support_instance.support_count_run_action",
        "support.count.run",
        (("state", "=", "running"),),
        "id desc",
        logins=EVIDENCE,
    ),
    Screen(
        "evidence-settings",
        "support_instance.support_settings_action",
        logins=("admin", "approver"),
    ),
    *(
        Screen(
            f"source-{name}",
            "support_instance.support_instance_action",
            "support.instance",
            (KORNKNARREN, ("source_ids.kind", "=", name)),
            logins=EVIDENCE,
            press=(SOURCE,),
        )
        for name in ("git", "report", "upload", "remote")
    ),
    Screen(
        "source-upload-token",
        "support_instance.support_instance_action",
        "support.instance",
        (KORNKNARREN, ("source_ids.kind", "=", "upload")),
        logins=MANAGERS,
        press=(
            SOURCE,
            ".modal button[name=action_new_token]",
            ".modal-footer .btn-primary >> nth=-1",
        ),
    ),
    Screen(
        "source-instance",
        "support_instance.support_instance_action",
        "support.instance",
        (KORNKNARREN, ("source_ids.kind", "=", "git")),
        logins=EVIDENCE,
    ),
    Screen(
        "source-report-add",
        "support_instance.support_instance_action",
        "support.instance",
        (KORNKNARREN, ("source_ids.kind", "=", "report")),
        logins=EVIDENCE,
        press=(ADD_REPORT,),
    ),
    Screen(
        "evidence-portal",
        "",
        "support.contract",
        (("partner_id", "ilike", "Älgtjärn"),),
        logins=EVIDENCE,
        path="/my/support/{id}",
        press=("[name=code] summary",),
    ),
    Screen("portal-home", "", logins=CUSTOMERS, path="/my"),
    Screen("portal-contracts", "", logins=CUSTOMERS, path="/my/support"),
    Screen(
        "portal-contract",
        "",
        logins=CUSTOMERS,
        path="/my/support",
        press=(
            ".o_portal_wrap a[href*='/my/support/']",
            "[name=lines] details:nth-of-type(1) summary",
            "[name=lines] details:nth-of-type(2) summary",
        ),
    ),
    Screen("portal-invoices", "", logins=CUSTOMERS, path="/my/invoices"),
    Screen(
        "portal-invoice",
        "",
        logins=CUSTOMERS,
        path="/my/invoices",
        press=(".o_portal_wrap a[href*='/my/invoices/']",),
    ),
    Screen(
        "evidence-credentials",
        "support_instance.support_credential_action",
        logins=MANAGERS,
    ),
    Screen(
        "evidence-credential",
        "support_instance.support_credential_action",
        "support.credential",
        (("kind", "=", "ssh"),),
        logins=MANAGERS,
    ),
    Screen(
        "evidence-reports",
        "support_instance.support_cloc_report_action",
        logins=EVIDENCE,
    ),
    Screen(
        "evidence-report",
        "support_instance.support_cloc_report_action",
        "support.cloc.report",
        logins=EVIDENCE,
    ),
    Screen("terms-list", "support_contract.support_terms_action", logins=("admin",)),
    Screen(
        "terms",
        "support_contract.support_terms_action",
        "support.terms",
        (("state", "=", "published"),),
        logins=("admin",),
    ),
    Screen(
        "service-types",
        "support_contract.support_service_type_action",
        logins=("admin",),
    ),
    Screen("count-runs", "support_instance.support_count_run_action"),
    Screen("billing-runs", "support_contract_billing.support_billing_run_action"),
    Screen(
        "billing-run",
        "support_contract_billing.support_billing_run_action",
        "support.billing.run",
        (("line_ids", "!=", False),),
        "id desc",
    ),
    Screen(
        "billing-overview",
        "support_contract_billing.support_billing_overview_action",
        logins=BOOKKEEPERS,
    ),
    Screen("charges", "support_contract_billing.support_charge_action"),
    Screen(
        "charges-pivot", "support_contract_billing.support_charge_action", view="pivot"
    ),
    Screen(
        "charge",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (ALGTJARN, ("count_ids", "!=", False)),
        "id desc",
    ),
    Screen(
        "announced-fees", "support_contract_billing.support_fee_announcement_action"
    ),
    Screen(
        "announced-fee",
        "support_contract_billing.support_fee_announcement_action",
        "support.fee.announcement",
        (ALGTJARN,),
    ),
    Screen(
        "charge-held",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("state", "=", "held"),),
    ),
    Screen(
        "charge-correction",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("kind", "=", "correction"), ("state", "=", "pending")),
    ),
    Screen(
        "charge-agreement",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("correction_origin", "=", "agreement"),),
    ),
    Screen(
        "charge-correct",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (ALGTJARN, ("count_ids", "!=", False)),
        "id desc",
        method="action_correct",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "charge-hold",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("state", "=", "pending"),),
        method="action_hold",
    ),
    Screen(
        "charge-release",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("state", "=", "held"),),
        method="action_release",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "charge-waive",
        "support_contract_billing.support_charge_action",
        "support.charge",
        (("state", "=", "held"),),
        method="action_waive",
        logins=("admin",),
    ),
    Screen(
        "billing-run-lines",
        "support_contract_billing.support_billing_run_action",
        "support.billing.run",
        (("line_ids", "!=", False),),
        "id desc",
        method="action_view_lines",
    ),
    Screen(
        "usage-record",
        "support_usage.support_usage_action",
        "support.usage",
        (("charge_id", "!=", False),),
    ),
    Screen(
        "usage-key",
        "support_usage.support_usage_key_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "preview-contract",
        "support_contract.support_contract_action",
        "support.contract",
        (("partner_id", "ilike", "Havtorn"),),
        method="action_preview_invoice",
    ),
    Screen(
        "what-if",
        "support_contract.support_contract_action",
        "support.contract",
        (("partner_id", "ilike", "Älgtjärn"),),
        method="action_what_if",
    ),
    Screen(
        "forecast-contract",
        "support_contract.support_contract_action",
        "support.contract",
        (("partner_id", "ilike", "Älgtjärn"),),
        method="action_forecast",
    ),
    Screen(
        "price-change",
        "support_price_change.support_price_run_action",
        "support.price.run",
        (("state", "=", "simulated"),),
        logins=BOOKKEEPERS,
    ),
    Screen(
        "price-change-done",
        "support_price_change.support_price_run_action",
        "support.price.run",
        (("state", "!=", "simulated"),),
        logins=BOOKKEEPERS,
    ),
    Screen(
        "recurring-revenue-graph",
        "support_billing_report.support_revenue_report_action",
        view="graph",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "invoice-reverse",
        "account.action_move_out_invoice_type",
        "account.move",
        (("partner_id", "ilike", "Älgtjärn"), ("move_type", "=", "out_invoice")),
        "id desc",
        method="action_reverse",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "recurring-contract",
        "contract.action_customer_contract",
        "contract.contract",
        (),
        logins=BOOKKEEPERS,
    ),
    Screen("usage", "support_usage.support_usage_action"),
    Screen(
        "billing-preview", "support_contract_billing.support_billing_preview_action"
    ),
    Screen(
        "forecast",
        "support_billing_report.support_forecast_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "recurring-revenue",
        "support_billing_report.support_revenue_report_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "price-changes",
        "support_price_change.support_price_run_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "earned",
        "support_billing_report.support_earned_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "reconciliation",
        "support_contract_billing.support_reconciliation_action",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "earned-result",
        "support_billing_report.support_earned_action",
        logins=BOOKKEEPERS,
        press=("footer button[name=action_show]",),
    ),
    Screen(
        "reconciliation-result",
        "support_contract_billing.support_reconciliation_action",
        logins=BOOKKEEPERS,
        press=("footer button[name=action_show]",),
    ),
    Screen(
        "invoices",
        "account.action_move_out_invoice_type",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "invoice",
        "account.action_move_out_invoice_type",
        "account.move",
        (("partner_id", "ilike", "Älgtjärn"), ("move_type", "=", "out_invoice")),
        "id desc",
        logins=BOOKKEEPERS,
    ),
    Screen(
        "swedish-setup",
        "l10n_se_support.l10n_se_support_setup_action",
        logins=BOOKKEEPERS,
    ),
)


@dataclass(frozen=True)
class Document:
    """What is printed: the first record that is found."""

    name: str
    report: str
    model: str
    domain: tuple
    order: str = "id desc"


def _invoice(name, customer, report, order="id desc"):
    domain = (
        ("partner_id", "ilike", customer),
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
    )
    return Document(name, report, "account.move", domain, order)


ACCOUNT = "account.report_invoice_with_payments"
SPECIFICATION = "support_contract_billing.report_specification"
DOCUMENTS = (
    _invoice("pdf-invoice", "Älgtjärn", ACCOUNT),
    _invoice("pdf-invoice-finland", "Revontuli", ACCOUNT),
    # The first one has the part of a month.
    _invoice("pdf-invoice-part-of-month", "Havtornsviken", ACCOUNT, "id"),
    _invoice("pdf-specification", "Älgtjärn", SPECIFICATION),
    _invoice("pdf-specification-finland", "Revontuli", SPECIFICATION),
    Document(
        "pdf-price-change",
        "support_price_change.report_price_change",
        "support.price.run.line",
        (("state", "=", "applied"),),
    ),
    Document(
        "pdf-agreement",
        "support_contract.report_agreement",
        "support.contract",
        (("partner_id", "ilike", "Havtorn"),),
    ),
)

# Pictures of README.md: screen or document, name in docs/, widest it may be.
DOCS = {"contract": ("contract", 1000), "pdf-invoice": ("invoice", 800)}
DOCS_SIZE = {"width": 1440, "height": 720}
