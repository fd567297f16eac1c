"""Minutes and kilometres from homes to schools, behind one small interface."""
