"""The annotators, one file each, named as in Spark NLP."""
