"""A fake of Livepeer's and Restream's clip APIs, driven by their OpenAPI documents."""

__version__ = "0.1.0"
