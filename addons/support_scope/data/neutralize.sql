-- Links in mails of the original open nothing in a copy.
UPDATE support_work_approval SET access_token = NULL;
