"""Children to provisions: a round's folder in, a proven placement out."""
