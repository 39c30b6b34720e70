"""From a page to the record of its article: revisions, near-duplicates, revisits."""
