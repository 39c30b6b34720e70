"""The contract, the broker, the enrichment and the Beam job."""
