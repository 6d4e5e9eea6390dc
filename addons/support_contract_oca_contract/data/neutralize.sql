-- A copy never bills: neither does Odoo's own scheduled action of recurring contracts.
-- Odoo's own neutralization switches it off too; this does not depend on it.
UPDATE ir_cron
   SET active = false
 WHERE id IN (
        SELECT res_id
          FROM ir_model_data
         WHERE module = 'contract'
           AND model = 'ir.cron'
       );
