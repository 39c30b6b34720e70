"""All events of one article, read from the topics and a sink's files."""
