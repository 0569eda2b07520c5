"""The version of the package, on the lowest floor: everybody may say it."""

__version__ = "0.1.0"
