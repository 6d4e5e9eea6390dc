# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be answered about work, for the fields that hold it.

Functions, so that their words are translated as those of code are: what is chosen from
in a mixin has the language of the mixin's add-on, also on a model of an add-on that is
installed when the language is there already.
"""


def get_verdicts(model):
    """The choices of a verdict: [(code, words)]."""
    # Pairs in brackets would have their codes taken for texts by Odoo's extractor.
    words = {
        "included": model.env._("Included"),
        "billed": model.env._("Billed"),
        "needs_reproduction": model.env._("Included Once Reproduced"),
        "no_contract": model.env._("No Contract"),
        "undecided": model.env._("Undecided"),
    }
    return list(words.items())


def get_deliveries(model):
    """The choices of a way of delivery: [(code, words)]. Clause R10."""
    words = {
        "planned": model.env._("With the next planned update"),
        "hotfix": model.env._("As a hot-fix"),
    }
    return list(words.items())
