# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a look at many contracts asks again and again is looked up once.

A forecast asks for the same figures of a contract for each service and each month.
While nothing is written the answers stay the same: whoever only looks begins with ::

    contracts = read_once(contracts)

and what is asked of these records, or of records that they lead to, is remembered as
long as they live. Nothing that changes an agreement may be done with them.
"""

KEY = "support_read_once"


class Remembered(dict):
    """{question: answer} of one look; two of them are never the same."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


def read_once(records):
    """These records, for somebody who only looks; within a look it is the same one."""
    if get_remembered(records.env) is not None:
        return records
    return look_anew(records)


def look_anew(records):
    """The same with a memory of its own: what was asked before is other by now."""
    return records.with_context(**{KEY: Remembered()})


def get_remembered(env):
    """What is remembered here, or None where nothing is."""
    found = env.context.get(KEY)
    # A caller's context is no memory of ours.
    return found if isinstance(found, Remembered) else None


def remember(env, question, answer):
    """The answer to a question, computed the first time.

    :param question: a tuple, the name of the caller's method and all that the answer
        depends on: the language too, where it has words
    :param answer: function without arguments
    """
    found = get_remembered(env)
    if found is None:
        return answer()
    question = (env.su, *question)
    if question not in found:
        found[question] = answer()
    return found[question]
