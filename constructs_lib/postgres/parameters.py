"""Parameters of Postgres that are the same on both engines."""

from __future__ import annotations


def logging_parameters(min_duration_ms: int) -> dict[str, str]:
    """Return what is logged: connections, waits, and statements that take longer than a limit.

    A logged statement has its values in it, which may be personal data; -1 logs none (CIS Google
    Cloud benchmark, 6.2). Query Insights and ``pg_stat_statements`` show slow statements without
    their values.
    """
    return {
        "log_checkpoints": "on",
        "log_connections": "on",
        "log_disconnections": "on",
        "log_lock_waits": "on",
        "log_min_duration_statement": str(min_duration_ms),
    }


def maintenance_work_mem_mib(memory_mib: int) -> int:
    """Return the memory for building an index: a vector index that fits is built far faster.

    Each of three autovacuum workers may take as much, so a sixteenth of the machine.
    """
    return min(1024, memory_mib // 16)
