-- A copy of the database opens nothing, fetches nothing and takes no reports.
UPDATE support_credential SET secret_encrypted = NULL;
UPDATE support_source SET token_hash = NULL, token_date = NULL;
-- Nobody is asked: what was fetched from stays written down, and can be put back.
UPDATE support_source SET active = FALSE WHERE kind IN ('git', 'upload');
-- Odoo switches all scheduled actions off; ours stay off even where it leaves some.
UPDATE ir_cron
   SET active = FALSE
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE model = 'ir.cron' AND module = 'support_instance'
       );
