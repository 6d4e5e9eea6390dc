-- Copyright 2026 Support Contract contributors
-- License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
-- The rows of support.revenue.report, which tells what they mean.
WITH months AS (
    -- The last charge of each service that begins in a month.
    SELECT DISTINCT ON (charge.service_id, date_trunc('month', charge.period_start))
        charge.id AS charge_id,
        charge.service_id,
        charge.contract_id,
        charge.currency_id,
        date_trunc('month', charge.period_start)::date AS month,
        charge.period_end,
        COALESCE(agreed.monthly_amount, charge.monthly_amount, charge.amount)
            AS charged,
        COALESCE(agreed.units, charge.units) AS units_charged,
        COALESCE(agreed.rate, charge.rate) AS rate_charged,
        -- What is right by the latest correction of it, if there is one.
        COALESCE(right_one.monthly_amount, charge.monthly_amount, charge.amount)
            AS fee,
        COALESCE(right_one.units, charge.units) AS units,
        COALESCE(right_one.rate, charge.rate) AS rate
    FROM support_charge charge
    JOIN support_contract_service agreement ON agreement.id = charge.service_id
    LEFT JOIN LATERAL (%(corrections)s ORDER BY correction.id DESC LIMIT 1
    ) right_one ON TRUE
    LEFT JOIN LATERAL (%(corrections)s AND correction.correction_origin = 'agreement'
        ORDER BY correction.id DESC LIMIT 1
    ) agreed ON TRUE
    WHERE charge.kind = 'recurring'
        -- Charged and given back: the service had ended before, or not begun.
        AND charge.period_end >= agreement.date_start
        AND (agreement.date_end IS NULL OR charge.period_start <= agreement.date_end)
    ORDER BY charge.service_id, date_trunc('month', charge.period_start),
        charge.period_start DESC, charge.id DESC
),
compared AS (
    SELECT months.*,
        lag(fee) OVER earlier AS fee_before,
        lag(units) OVER earlier AS units_before,
        lag(rate) OVER earlier AS rate_before,
        lead(month) OVER earlier AS next_month
    FROM months
    WINDOW earlier AS (PARTITION BY service_id ORDER BY month)
),
valued AS (
    SELECT compared.*,
        CASE
            WHEN fee_before IS NULL THEN 0
            WHEN rate_charged = rate_before THEN charged - fee_before
            WHEN COALESCE(units_before, 0) = 0 OR units_charged IS NULL THEN 0
            ELSE round(
                (fee_before / units_before::numeric
                    * (units_charged - units_before)::numeric)::numeric,
                currency.decimal_places
            )
        END AS by_quantity
    FROM compared
    JOIN res_currency currency ON currency.id = compared.currency_id
),
movements AS (
    SELECT charge_id, service_id, contract_id, currency_id, month,
        'kept' AS movement, fee_before AS amount
    FROM valued WHERE fee_before IS NOT NULL
    UNION ALL
    SELECT valued.charge_id, valued.service_id, valued.contract_id,
        valued.currency_id, valued.month,
        CASE WHEN service.date_start < valued.month THEN 'taken' ELSE 'new' END,
        valued.charged
    FROM valued
    JOIN support_contract_service service ON service.id = valued.service_id
    WHERE valued.fee_before IS NULL
    UNION ALL
    SELECT charge_id, service_id, contract_id, currency_id, month,
        CASE WHEN by_quantity > 0 THEN 'grown' ELSE 'shrunk' END, by_quantity
    FROM valued WHERE by_quantity != 0
    UNION ALL
    SELECT charge_id, service_id, contract_id, currency_id, month,
        'price', charged - fee_before - by_quantity
    FROM valued WHERE charged - fee_before - by_quantity != 0
    UNION ALL
    SELECT charge_id, service_id, contract_id, currency_id, month,
        'corrected', fee - charged
    FROM valued WHERE fee != charged
    UNION ALL
    -- What ended is carried over into the next month, and taken off there.
    SELECT valued.charge_id, valued.service_id, valued.contract_id,
        valued.currency_id, (valued.month + interval '1 month')::date,
        ending.movement, ending.sign * valued.fee
    FROM valued
    JOIN support_contract_service service ON service.id = valued.service_id
    CROSS JOIN (VALUES ('kept', 1), ('ended', -1)) AS ending (movement, sign)
    WHERE valued.next_month IS NULL AND service.date_end <= valued.period_end
)
SELECT
    row_number() OVER (
        ORDER BY movements.month, movements.service_id, movements.movement
    ) AS id,
    movements.month,
    movements.movement,
    movements.charge_id,
    movements.service_id,
    movements.contract_id,
    service.type_id,
    contract.partner_id,
    contract.user_id,
    contract.company_id,
    company.currency_id,
    movements.amount * rate.factor AS amount,
    movements.amount * rate.factor * 12 AS annual
FROM movements
JOIN support_contract_service service ON service.id = movements.service_id
JOIN support_contract contract ON contract.id = movements.contract_id
JOIN res_company company ON company.id = contract.company_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN movements.currency_id = company.currency_id THEN 1
        ELSE COALESCE((%(own_rate)s), 1) / COALESCE((%(other_rate)s), 1)
    END AS factor
) rate
