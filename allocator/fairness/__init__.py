"""Fairness figures, blind to the domain: an outcome and a table of groups in, long tables out."""
