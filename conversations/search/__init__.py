"""Search: an index that follows the parts, and questions to it that never leave the asker's scope."""

from conversations.search.indexing import clear, forget, index, missing
from conversations.search.results import PAGE, Found, Result, search

__all__ = ["PAGE", "Found", "Result", "clear", "forget", "index", "missing", "search"]
