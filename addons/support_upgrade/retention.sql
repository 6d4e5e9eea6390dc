-- Copyright 2026 Support Contract contributors
-- License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
-- Until when a customer's yes is kept; see support_contract_billing/retention.sql.
CREATE OR REPLACE FUNCTION support_until_support_upgrade_approval(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT GREATEST(
            support_retention_day(approval.company_id, approval.date),
            support_until_charges(ARRAY(
                SELECT id
                  FROM support_charge charge
                 WHERE charge.upgrade_id = approval.upgrade_id
            ))
        )
          FROM support_upgrade_approval approval
         WHERE approval.id = of_id
    );
END
$$ LANGUAGE plpgsql STABLE;
