# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Verdicts in words, for the reader's language."""

from odoo.tools import format_date


def _explain_not_reproducible(work, earlier):
    env, tried = work.env, work.reproduction_id
    if earlier or tried.state != "not_reproducible":
        return env._(
            "The error could not be reproduced on standard test data. Its analysis "
            "stays free."
        )
    return env._(
        "The error could not be reproduced on standard test data. Time until %s was "
        "its analysis and is free; help after that is billed.",
        format_date(env, tried._get_last_free_day(work.date_reproduction)),
    )


def explain(work, earlier=None):
    """One sentence on why the verdict of this work is what it is.

    :param earlier: `support.work.verdict`, to explain that instead
    """
    env = work.env
    if earlier:
        verdict, rule = earlier.verdict, earlier.rule
        clause, category = earlier.clause or "", earlier._get_category().name or ""
    elif work.scope_override:
        return work._get_override_reason()
    else:
        verdict, rule = work.scope_verdict, work.scope_rule
        clause, category = work.scope_clause or "", work.scope_category_id.name or ""
    texts = {
        ("contract", "no_contract"): env._("No contract runs on that day."),
        ("contract", "undecided"): env._(
            "Several contracts are possible: choose the right one."
        ),
        ("suspension", "billed"): env._(
            "The right to it is suspended while an invoice is unpaid."
        ),
        ("category", "undecided"): env._(
            "Choose a category that the customer's terms name."
        ),
        ("charged_otherwise", "billed"): env._(
            "%s has a price of its own, and its hours cost nothing.", category
        ),
        ("upgrade", "included"): env._("The upgrade covers it."),
        ("upgrade", "billed"): env._(
            "It belongs to one more upgrade than the period includes."
        ),
        ("right", "billed"): env._(
            "No service of the customer includes %s on that day.", category
        ),
        ("pool", "billed"): env._("The instance runs outside our VM pool."),
        ("pool", "undecided"): env._(
            "Choose the instance: only some of them run in our VM pool."
        ),
        ("module", "billed"): env._("The contract does not cover the module."),
        ("reproduction", "billed"): _explain_not_reproducible(work, earlier),
        ("reproduction", "needs_reproduction"): env._(
            "Free as soon as the error is on record and reproduced on standard test "
            "data."
        ),
    }
    tried = work.reproduction_id
    if not earlier and tried and tried.state != "open":
        texts["reproduction", "needs_reproduction"] = env._(
            "The reproduction that was chosen is of another module or Odoo version."
        )
    text = texts.get((rule, verdict))
    if not text and verdict == "included":
        text = env._("%s is part of the monthly fee.", category)
    if not text:
        text = env._("%s is billed by the customer's terms.", category)
    return f"{text} ({clause})" if clause else text
