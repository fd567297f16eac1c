"""Whole jobs to workers' periods, by goals in strict order: the generalised assignment with a calendar."""
