"""From a page to the record of its article: identity, revisions, near-duplicates."""
