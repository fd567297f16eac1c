"""Overdue annual reviews of plans, each read whole by one volunteer in one week."""
