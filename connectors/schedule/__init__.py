"""When to poll a feed next. Pure."""
