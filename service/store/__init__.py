"""Where the graph is read from: the ``GraphStore`` protocol and its implementations."""
