"""A round on one page: read, place, check, write; and its way back, verify."""
