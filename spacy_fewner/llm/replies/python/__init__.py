"""Python that a model wrote, read as data: runs in the worker process, and executes nothing."""
