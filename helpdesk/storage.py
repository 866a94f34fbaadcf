"""Static files under names that hold a hash of their content, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Follows the imports of JavaScript modules too.

    Were they left alone, a new version of one module could meet an old one of another in a browser's cache.
    """

    support_js_module_import_aggregation = True
