"""Running GraphQL requests against the schema, without a word about HTTP."""
