"""What annopipe changes in pyspark while it runs; the table in the package page says why, and what breaks it."""
