-- Odoo switches all scheduled actions off; ours stay off even where it leaves some.
UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE model = 'ir.cron' AND module = 'support_contract'
       );
