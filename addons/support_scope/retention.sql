-- Copyright 2026 Support Contract contributors
-- License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
-- Until when time and approvals are kept; see support_contract_billing/retention.sql.

-- Time that an invoice asks for, or that its specification shows as included.
CREATE OR REPLACE FUNCTION support_until_account_analytic_line(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT GREATEST(
            support_until_support_charge(support_charge_id),
            support_until_account_move(support_shown_move_id)
        )
          FROM account_analytic_line
         WHERE id = of_id
    );
END
$$ LANGUAGE plpgsql STABLE;

-- A yes that no charge rests on, or none any more, counts from the day it was given.
CREATE OR REPLACE FUNCTION support_until_support_work_approval(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT GREATEST(
            support_retention_day(company_id, date_decided::date),
            support_until_charges(ARRAY(
                SELECT id FROM support_charge WHERE approval_id = of_id
                UNION
                SELECT day.charge_id
                  FROM support_charge_day day
                 WHERE day.work_model = approval.res_model
                   AND day.work_id = approval.res_id
            ))
        )
          FROM support_work_approval approval
         WHERE id = of_id
    );
END
$$ LANGUAGE plpgsql STABLE;
