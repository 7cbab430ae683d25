"""One file per incident: a file with a `PLAN` in this folder is hidden in the sample data under its name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from local_workspace.sample_data.incident import Plan


@cache
def plans() -> dict[str, Plan]:
    """Every plan of this folder by the name of its file, in alphabetical order.

    Raises:
        TypeError: a file has no `PLAN`.
    """
    found = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        plan = getattr(importlib.import_module(f"{__name__}.{module.name}"), "PLAN", None)
        if not isinstance(plan, Plan):
            raise TypeError(
                f"incidents/{module.name}.py has no PLAN; give it PLAN = Plan(...), as the files beside it do"
            )
        found[module.name] = plan
    return found
