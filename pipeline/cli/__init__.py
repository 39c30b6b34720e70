"""Commands of the Beam job."""
