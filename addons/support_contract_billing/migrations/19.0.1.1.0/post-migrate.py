# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Companies that have invoiced go on billing, and as before: what new contracts get
    was posted, and sent only where a contract said so.
    """
    cr.execute(
        """
        UPDATE res_company company
           SET support_billing_since = billed.since
          FROM (
                SELECT company_id, MIN(date_billed) AS since
                  FROM support_contract
                 WHERE date_billed IS NOT NULL
                 GROUP BY company_id
               ) billed
         WHERE billed.company_id = company.id
           AND company.support_billing_since IS NULL
        """
    )
    cr.execute(
        """
        UPDATE res_company
           SET support_billing_policy = 'post'
         WHERE id IN (SELECT company_id FROM support_contract)
        """
    )
