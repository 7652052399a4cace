"""Filters of Cloud Audit Logs.

Method names and fields are from Google's lists of audited operations. Admin Activity and System
Event logs are always on and cost nothing; Data Access logs must be switched on.
"""

from __future__ import annotations

ADMIN_ACTIVITY = 'log_id("cloudaudit.googleapis.com/activity")'
DATA_ACCESS = 'log_id("cloudaudit.googleapis.com/data_access")'
SYSTEM_EVENT = 'log_id("cloudaudit.googleapis.com/system_event")'
SUCCEEDED = "NOT protoPayload.status.code > 0"
"""A call that Google refused changed nothing."""
