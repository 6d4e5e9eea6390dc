# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def uninstall_hook(env):
    """Keep readable on each instance what is lost with this add-on.

    The sources stay as they are, and so do their counts: they are evidence. Until
    somebody serves this kind again they are not read.
    """
    sources = env["support.source"].with_context(active_test=False)
    for source in sources.search([("kind", "=", "remote")]):
        protocols = dict(source._fields["protocol"]._description_selection(env))
        source.instance_id._message_log(
            body=env._(
                "%(name)s is not read any more: the add-on that reads a running Odoo "
                "was uninstalled. Protocol: %(protocol)s. Database: %(database)s.",
                name=source.display_name,
                protocol=protocols.get(source.protocol, ""),
                database=source.database or "–",
            )
        )
