-- Nobody is asked: what was read stays written down, and can be put back.
UPDATE support_source SET active = FALSE WHERE kind = 'remote';
