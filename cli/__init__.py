"""Commands for people: the demo."""
