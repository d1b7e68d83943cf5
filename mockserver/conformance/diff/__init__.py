"""Two versions of a document: what changed, and whether that breaks clients or servers that keep to the old one."""

from mockserver.conformance.diff.documents import diff_report, document_shifts

__all__ = ["diff_report", "document_shifts"]
