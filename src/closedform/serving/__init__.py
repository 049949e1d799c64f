"""This library as tools for language models and editors: an MCP server over standard input and output."""

from closedform.serving.server import server

__all__ = ["server"]
