# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The commands of `bin/`: plain Python, standard library only.

They must run before anything is installed, so nothing here may import a package
that bin/setup brings.
"""
