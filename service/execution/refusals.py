"""How the compiler and what it compiles say no: they raise, and graphql-core answers."""

__all__ = ["STRAWBERRY", "Uncompilable", "UnusualValueError"]

STRAWBERRY = "strawberry-definition"
"""The extension under which a graphql-core type, field or argument names its Strawberry one. What
has none is not known here."""


class Uncompilable(Exception):  # noqa: N818  a decision, not an error
    """The compiler does not know how to do this: graphql-core does it."""


class UnusualValueError(Exception):
    """A value is not what the success path expects: graphql-core has to look at it."""
