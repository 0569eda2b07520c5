"""A machine without the package."""

raise ImportError("distributed")
