"""The audit, after the fact: who was passed over, and whether pressure predicts a place."""
