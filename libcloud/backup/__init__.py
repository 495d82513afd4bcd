"""Backup: targets that are kept safe, jobs that do it, recovery points to go back to."""
