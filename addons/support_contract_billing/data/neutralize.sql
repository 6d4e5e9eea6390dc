-- A copy never bills. Odoo's own neutralization switches scheduled actions off too;
-- this does not depend on it.
UPDATE ir_cron
   SET active = false
 WHERE id IN (
        SELECT res_id
          FROM ir_model_data
         WHERE module = 'support_contract_billing'
           AND model = 'ir.cron'
       );
-- What somebody asked for, or was under way, is not gone on with.
UPDATE support_billing_run
   SET state = 'done',
       date_end = now() AT TIME ZONE 'UTC'
 WHERE state != 'done';
-- Invoices that wait for being sent are not sent from here.
UPDATE account_move
   SET sending_data = NULL
 WHERE sending_data IS NOT NULL;
UPDATE support_contract
   SET billing_policy = 'post'
 WHERE billing_policy = 'send';
-- Customers are told of their fees by the original alone.
UPDATE mail_mail
   SET state = 'cancel'
  FROM mail_message
 WHERE mail_message.id = mail_mail.mail_message_id
   AND mail_message.model = 'support.fee.announcement'
   AND mail_mail.state IN ('outgoing', 'exception');
-- The monitor of the original does not watch the copy.
DELETE FROM ir_config_parameter
 WHERE key = 'support_contract_billing.health_token_hash';
-- An invoice that did not reach its customer is the original's to send again.
UPDATE support_contract
   SET sending_error = NULL
 WHERE sending_error IS NOT NULL;
UPDATE account_move
   SET support_sending_error = NULL
 WHERE support_sending_error IS NOT NULL;
