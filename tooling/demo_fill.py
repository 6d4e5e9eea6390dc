# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What happens inside Odoo: fill the database, let the nights pass, read back.

Runs in `odoo shell` through the ORM, as superuser; every function gets its `env`.
"""

import base64
from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from . import demo_data, demo_review, paths
from .demo_repositories import Repositories

LOGO = paths.ROOT / "tooling" / "demo_logo.png"


def on_clock(moment):
    """The clock shows this UTC time and goes on from there."""
    return freeze_time(moment, tick=True)


# -- before the first night ----------------------------------------------------


def fill(env, folder):
    """The consultancy with its users, customers and contracts."""
    with on_clock(demo_data.ENTERED):
        _fill_languages(env)
        env = env(context=env["res.users"].context_get())
        _keep_to_itself(env)
        _fill_company(env)
        users = _fill_users(env)
        # Customers and contracts are the administrator's work. Who is made
        # responsible for one need not be told.
        own = env(
            user=users["admin"],
            context={
                **env["res.users"].with_user(users["admin"]).context_get(),
                "mail_auto_subscribe_no_notify": True,
            },
        )
        for data in demo_data.CONTRACTS:
            _create_contract(own, data, users, Repositories(folder))
        demo_review.give_access(own)
    _settle_scheduled_actions(env)
    env.cr.commit()


def _fill_languages(env):
    """English and Swedish, with the dates that people in Sweden write in both."""
    english = env["res.lang"]._activate_lang("en_US")
    english.write({"date_format": "%Y-%m-%d", "time_format": "%H:%M:%S"})
    # What the system itself writes, such as in a chatter, is in English.
    env.ref("base.user_root").lang = "en_US"


def _keep_to_itself(env):
    """Nothing of the demo leaves this machine: no mail, no Peppol, no call home."""
    env["ir.mail_server"].create(
        {"name": "The demo sends nothing", "smtp_host": "invalid"}
    )
    env["ir.config_parameter"].set_param("account_peppol.edi.mode", "demo")
    env.ref("mail.ir_cron_module_update_notification").active = False
    # Or Odoo S.A. is asked about the company when somebody logs in.
    env.company.iap_enrich_auto_done = True


def _fill_company(env):
    data = demo_data.COMPANY
    company = env.company
    # The country decides on the chart of accounts and on the meaning of the numbers.
    company.country_id = _country(env, data["country"])
    env["account.chart.template"].try_loading("se_K2", company, install_demo=False)
    company.write(
        {
            key: data[key]
            for key in ("name", "street", "zip", "city", "phone", "email", "website")
        }
    )
    company.write({"vat": data["vat"], "company_registry": data["company_registry"]})
    company.partner_id.write({"lang": "sv_SE", "tz": "Europe/Stockholm"})
    company.write(
        {
            "logo": base64.b64encode(LOGO.read_bytes()),
            "primary_color": data["color"],
            "secondary_color": data["color"],
            "external_report_layout_id": env.ref("web.external_layout_bold").id,
            "report_footer": data["footer"],
        }
    )
    # Odoo's own translation of this line is lost in its mark-up.
    env.ref("account.account_payment_term_30days").update_field_translations(
        "note",
        {
            "sv_SE": {
                "<span>Payment terms: 30 Days</span>": (
                    "<span>Betalningsvillkor: 30 dagar</span>"
                )
            }
        },
    )
    # The wkhtmltopdf that bin/setup installs prints larger than later versions do.
    company.paperformat_id.dpi = 110
    bank = env["res.bank"].create({"name": "Granbanken", "bic": data["bic"]})
    for number in (data["bankgiro"], data["iban"]):
        env["res.partner.bank"].create(
            {
                "acc_number": number,
                "bank_id": bank.id,
                "partner_id": company.partner_id.id,
                "allow_out_payment": True,
            }
        )
    company.write(
        {
            "l10n_se_f_tax": True,
            "l10n_se_seat": data["seat"],
            "l10n_se_round_totals": True,
        }
    )
    # Somebody has looked, and nothing is sent from this machine.
    company.support_billing_policy = "post"
    company._start_support_billing()
    # Findings of the Swedish set-up, corrected as an accountant would.
    env["l10n_se.support.setup"].create({}).action_correct()


def _fill_users(env):
    users = {}
    for data in demo_data.USERS:
        vals = {
            "name": data.name,
            "lang": data.lang,
            "tz": "Europe/Stockholm",
            "email": f"{data.login}@granlyckan.example.com",
            "notification_type": "inbox",
            # Straight to the contracts, without Odoo's own guide.
            "action_id": env.ref("support_contract.support_contract_action").id,
            "odoobot_state": "disabled",
        }
        user = env["res.users"].search([("login", "=", data.login)])
        if user:  # Odoo makes "admin", with that password
            user.write(vals)
        else:
            vals |= {"login": data.login, "password": data.login}
            user = env["res.users"].with_context(no_reset_password=True).create(vals)
        user.group_ids += env["res.groups"].union(*map(env.ref, data.groups))
        users[data.login] = user
    return users


def _create_contract(env, data, users, repositories):
    partner = _create_customer(env, data)
    services = [
        {
            "type_id": env.ref(f"support_contract.service_type_{service.code}").id,
            "date_start": service.start,
            **({"price_unit": service.price} if service.price is not None else {}),
        }
        for service in data.services
    ]
    older = min(service.start for service in data.services) < demo_data.TAKEN_OVER
    contract = env["support.contract"].create(
        {
            "partner_id": partner.id,
            "terms_id": env.ref("l10n_se_support.terms_se").id,
            "billing_reference": data.reference or False,
            "billing_order_number": data.order_number or False,
            "user_id": users[data.manager].id,
            "date_signed": data.signed,
            "billed_through": demo_data.TAKEN_OVER if older else False,
            "note": data.note,
            "service_ids": [Command.create(vals) for vals in services],
            "instance_ids": [
                Command.create(_prepare_instance_vals(instance, repositories))
                for instance in data.instances
            ],
        }
    )
    contract.condition_ids = [
        Command.create({"key": key, "value": value, "note": note})
        for key, value, note in data.conditions
    ]
    if not data.draft:
        contract.action_activate()


def _create_customer(env, data):
    vals = dict(data.partner)
    country = _country(env, vals.pop("country"))
    partner = env["res.partner"].create(
        {
            **vals,
            "country_id": country.id,
            "is_company": True,
            "lang": data.lang,
            "property_payment_term_id": env.ref(
                "account.account_payment_term_30days"
            ).id,
        }
    )
    env["res.partner"].create(
        {**data.contact, "parent_id": partner.id, "lang": data.lang}
    )
    return partner


def _prepare_instance_vals(instance, repositories):
    return {
        "name": instance.name,
        "role": instance.role,
        "url": instance.url,
        "series": instance.series,
        "in_vm_pool": instance.in_vm_pool,
        **({"billed": instance.billed} if instance.billed is not None else {}),
        "source_ids": [
            Command.create(
                {
                    "url": repositories.url(source.repository),
                    "branch": source.branch,
                    "subdirectory": source.folders,
                }
            )
            for source in instance.sources
        ],
    }


def _settle_scheduled_actions(env):
    """No surprise while somebody looks around.

    The menu "Run Billing Now" works at any time.
    """
    today = datetime.combine(fields.Date.today(), time(hour=2, minute=15))
    _billing(env).nextcall = today + timedelta(days=1)


# -- the nights ----------------------------------------------------------------


def pass_nights(env, nights):
    """What happens in some nights: the scheduled action, as Odoo runs it."""
    for moment in nights:
        with on_clock(moment):
            # Test instances are never billed; somebody counts them with the button.
            unbilled = env["support.instance"].search(
                [("billed", "=", False), ("source_ids", "!=", False)]
            )
            unbilled.action_count()
            demo_review.record_usage(env, moment)
            env.cr.commit()
            _billing(env).method_direct_trigger()


def _billing(env):
    return env.ref("support_contract_billing.ir_cron_count_and_bill")


# -- afterwards ----------------------------------------------------------------


def read_back(env):
    """Invoices, the counts behind them and what went wrong, as plain data."""
    moves = (
        env["support.charge"]
        .search([])
        .move_id.sorted(lambda move: (move.invoice_date, move.partner_id.name))
    )
    charged = env["support.charge"].search([]).count_ids
    contracts = env["support.contract"].search([])
    return {
        "invoices": [_read_invoice(move) for move in moves],
        "counts": [_read_count(count) for count in charged.sorted("id")],
        "failures": [
            f"{contract.partner_id.name}: {contract.billing_error}"
            for contract in contracts.filtered("billing_error")
        ],
        "not_invoiced": [
            contract.partner_id.name
            for contract in contracts
            if contract.state != "draft" and not contract.invoice_ids
        ],
    }


def _read_invoice(move):
    charges = move.invoice_line_ids.support_charge_ids
    counts = charges.count_ids
    instances = counts.instance_id or charges.contract_id.instance_ids.filtered(
        lambda instance: instance.role == "production"
    )
    return {
        "customer": move.partner_id.name,
        "instances": instances.mapped("name"),
        "counts": counts.ids,
        "lines": sum(counts.mapped("billed_lines")) if counts else None,
        "period": [
            min(charges.mapped("period_start")).isoformat(),
            max(charges.mapped("period_end")).isoformat(),
        ],
        "state": move.state,
        "number": move.name,
        "reference": move.payment_reference,
        "currency": move.currency_id.name,
        "net": move._get_support_untaxed(),
        "vat": move.amount_tax,
        "total": move.amount_total,
    }


def _read_count(count):
    return {
        "id": count.id,
        "instance": count.instance_id.display_name,
        "lines": count.billed_lines,
        "sources": [
            {
                "url": source.url,
                "folders": source.subdirectory or "",
                "revision": modules[0].revision,
                "modules": {
                    module.path: [
                        module.code_lines,
                        module.total_lines,
                        module.error_count,
                    ]
                    for module in modules
                },
            }
            for source, modules in count.module_ids.grouped("source_id").items()
        ],
    }


def _country(env, code):
    return env.ref(f"base.{code.lower()}")
