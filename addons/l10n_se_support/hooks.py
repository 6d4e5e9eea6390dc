# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID


def post_init_hook(env):
    """Leave one set of example terms: the Swedish ones.

    The draft that came with the base goes, unless somebody uses it or has written in
    it. At installation only: what comes back later was wanted.
    """
    terms = env.ref("support_contract.terms_default", raise_if_not_found=False)
    if terms and _is_untouched(env, terms):
        terms._with_permission().unlink()


def _is_untouched(env, terms):
    written = (terms, terms.price_ids, terms.price_ids.tier_ids, terms.scope_ids)
    authors = {author for lines in written for author in lines.write_uid.ids}
    return (
        terms.state == "draft"
        and authors <= {SUPERUSER_ID}
        and not env["support.contract"].search_count([("terms_id", "=", terms.id)])
        and not env["support.terms"].search_count([("predecessor_id", "=", terms.id)])
    )
