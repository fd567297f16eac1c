"""Integers and opaque indices: the problem, its exact tiers, their solution and proof."""
