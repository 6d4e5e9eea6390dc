# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""New templates into the translations beside them; run by bin/translate."""

import sys

import polib

from . import paths

WIDTH = 78  # as Odoo writes them


def main(addons):
    """Merge, and print what is left to do; the exit status says if there is any."""
    folders = {addon: paths.ADDONS / addon / "i18n" for addon in addons}
    names = {path.name for folder in folders.values() for path in folder.glob("*.po")}
    left = 0
    for name in sorted(names):
        known = {
            addon: polib.pofile(str(folder / name), wrapwidth=WIDTH)
            for addon, folder in folders.items()
            if (folder / name).exists()
        }
        for addon, translation in known.items():
            template = polib.pofile(str(folders[addon] / f"{addon}.pot"))
            merged = merge(template, translation, known.values())
            merged.save(str(folders[addon] / name))
            for entry in merged.untranslated_entries():
                left += 1
                print(f"{addon}/i18n/{name}: {entry.msgid!r}")
    print(f"{left} texts to translate")
    return 1 if left else 0


def merge(template, translation, others):
    """The template's texts with what is known of them.

    :param translation: the file as it was
    :param others: translations to the same language, for words that are the same
    """
    known = {}
    for file in (translation, *others):
        for entry in file:
            if entry.translated() and not entry.obsolete:
                known.setdefault((entry.msgctxt, entry.msgid), entry.msgstr)
    merged = polib.POFile(wrapwidth=WIDTH)
    merged.header = translation.header
    merged.metadata = dict(translation.metadata)
    date = template.metadata["POT-Creation-Date"]
    merged.metadata |= {"POT-Creation-Date": date, "PO-Revision-Date": date}
    for entry in template:
        entry.msgstr = known.get((entry.msgctxt, entry.msgid), "")
        merged.append(entry)
    return merged


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
