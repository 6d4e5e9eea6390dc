-- Programs do not report usage to a copy.
DELETE FROM res_users_apikeys
 WHERE scope = 'support_usage';
