"""Invented rounds, calibrated to published figures, with the truth behind them kept."""
