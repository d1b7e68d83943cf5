"""The provider's document: loaded, overlaid, linted, compiled, explained. Text in, values out; it sees no provider."""
