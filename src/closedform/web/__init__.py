"""The web page and its API: answers while one types, computed in processes of their own."""

from __future__ import annotations
