"""Named entities: recognised, cleaned, typed, merged, linked to Wikidata."""
