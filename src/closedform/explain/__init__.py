"""Pages on laws and functions: what each states, when it holds, why, an example that is run, a source."""

from __future__ import annotations

from closedform.explain.lookup import explain, page_names, written_pages
from closedform.explain.page import Page

__all__ = ["Page", "explain", "page_names", "written_pages"]
