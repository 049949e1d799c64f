"""The calls that losses are written with most, one example each: name (and after a colon which case) -> example."""
