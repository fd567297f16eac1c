"""The audit: reads, apart from all that places, the tables about what was really done."""
