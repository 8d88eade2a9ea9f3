"""The HTTP face: the GraphQL route, GraphiQL, health. It knows the engine, never the graph."""
