# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an accountant of the demo has on the table, so that no screen is empty.

Runs inside Odoo, as `demo_fill` does. Nothing of it changes an invoice of the demo
except October's metered usage.
"""

from freezegun import freeze_time

from odoo.fields import Command

# Usage of October, recorded before the night of 1 November: customer, kind, day,
# quantity, reference.
USAGE = (
    ("Älgtjärns", "ocr", "2026-10-31", 64, "Scan October"),
    ("Älgtjärns", "einvoice", "2026-10-15", 70, "Messages 1-15 October"),
    ("Älgtjärns", "einvoice", "2026-10-31", 48, "Messages 16-31 October"),
    ("Lingonglänta", "ai", "2026-10-31", 240, "AI October"),
    ("Lingonglänta", "einvoice", "2026-10-31", 415, "Messages October"),
)
BILLED_FROM = "2026-11-01"
# It came when October was invoiced, and waits for the next invoice.
LATE_USAGE = (("Havtornsvikens", "ocr", "2026-10-30", 37, "Scan October"),)
REVIEW = "2026-11-05 08:20:00"

ROLES = {
    "Ekonomichef": "finance",
    "Chief Financial Officer": "finance",
    "VD": "administrator",
    "Verksamhetschef": "administrator",
    "Driftchef": "key_user",
    "IT-ansvarig": "key_user",
    "Verkstadschef": "key_user",
}


def give_access(env):
    """Each customer's contact may see the agreement in the portal, by their work."""
    for contract in env["support.contract"].search([]):
        for person in contract.partner_id.child_ids:
            env["support.contract.contact"].create(
                {
                    "contract_id": contract.id,
                    "partner_id": person.id,
                    "role": ROLES[person.function],
                }
            )


def record_usage(env, moment):
    """What the meters sent for October, in the night that charges it."""
    if moment[:10] == BILLED_FROM:
        _record(env, USAGE)


def _record(env, rows):
    env["support.usage"].with_user(_user(env, "accountant")).record_usage(
        [
            {
                "contract": _contract(env, customer).name,
                "kind": kind,
                "date": day,
                "quantity": quantity,
                "reference": reference,
            }
            for customer, kind, day, quantity, reference in rows
        ]
    )


def review(env):
    """The accountant's morning: late usage, two corrections, new prices to come."""
    with freeze_time(REVIEW, tick=True):
        _record(env, LATE_USAGE)
        _correct(
            env,
            "Tallmossens",
            "queue_job was installed in November only: it was counted a month early",
        )
        correction = _correct(
            env, "Revontuli", "The module with invoice periods is not in production"
        )
        correction._decide(
            "hold", "Tuula Korpinen asks which modules were counted; Elis answers"
        )
        _change_prices(env)
        _carry(env)
        _grant_adaptations(env)
    env.cr.commit()
    # What lists show of today; a scheduled action does it every night.
    env["support.contract"]._cron_keep()


def _grant_adaptations(env):
    """A customer's person has access to what is about banks."""
    consultant = _user(env, "consultant")
    for adaptation in env["support.adaptation"].search([("area", "=", "banks")]):
        env["support.adaptation.access"].with_user(consultant).create(
            {
                "contract_id": _contract(env, "Havtornsvikens").id,
                "adaptation_id": adaptation.id,
                "account": "torsten.eklov",
            }
        )


def _correct(env, customer, reason):
    """Charge the latest month by the count of the month before."""
    charges = _contract(env, customer).charge_ids.filtered("count_ids")
    earlier, latest = charges.sorted("period_start")[-2:]
    return latest.with_user(_user(env, "accountant"))._correct(
        earlier.count_ids, reason
    )


def _change_prices(env):
    """A simulated price change of everybody, and a small one that is done."""
    runs = env["support.price.run"].with_user(_user(env, "admin"))
    values = {"date_effective": "2027-03-01", "percent": 3.5, "send_letter": False}
    runs.create({**values, "reason": "Wages and hosting cost more"}).action_simulate()
    small = runs.create(
        {
            **values,
            "reason": "A larger server, as agreed on 3 November",
            "contract_ids": [Command.set(_contract(env, "Silverforsens").ids)],
        }
    )
    small.action_simulate()
    small.action_apply()
    env.cr.commit()
    env.ref("support_price_change.ir_cron_apply_prices").method_direct_trigger()


def _carry(env):
    """The draft goes out with the customer's other recurring items, once signed."""
    contract = _contract(env, "Stjärnmyrans")
    product = env["product.product"].create(
        {"name": "Domän och e-post", "type": "service", "list_price": 290.0}
    )
    contract.carrier_contract_id = env["contract.contract"].create(
        {
            "name": "Domän och e-post",
            "partner_id": contract.partner_id.id,
            "contract_type": "sale",
            "contract_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": "Domän och e-post #START#–#END#",
                        "quantity": 1,
                        "price_unit": 290.0,
                        "recurring_rule_type": "monthly",
                        "date_start": "2026-12-01",
                        "recurring_next_date": "2026-12-01",
                    }
                )
            ],
        }
    )


def _contract(env, customer):
    return env["support.contract"].search(
        [("partner_id.name", "=like", f"{customer}%")]
    )


def _user(env, login):
    return env["res.users"].search([("login", "=", login)])
