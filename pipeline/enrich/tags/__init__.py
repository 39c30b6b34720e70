"""Topic tags from the IPTC Media Topics: evidence collected and combined."""
