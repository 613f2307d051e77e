"""Models from elsewhere into the local store: every form in which ALBERTs are published, read without its own tools."""
