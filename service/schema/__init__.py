"""The public API: Strawberry types over the store."""
