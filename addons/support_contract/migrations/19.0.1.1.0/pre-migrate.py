# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Let no price of older terms renew, without touching its row.

    Odoo would compute the new column from the type, and the database refuses to write
    on published terms.
    """
    cr.execute(
        "ALTER TABLE support_terms_price"
        " ADD COLUMN IF NOT EXISTS renewal_months integer DEFAULT 0"
    )
    cr.execute(
        "ALTER TABLE support_terms_price ALTER COLUMN renewal_months DROP DEFAULT"
    )
