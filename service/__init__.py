"""medcodegraph: a GraphQL knowledge-graph service for medical codes."""

__version__ = "0.1.0"
