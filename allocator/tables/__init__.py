"""Tables in and out: CSV, Parquet and Excel, read as text and judged whole."""
