"""Common ground of connectors and job, and the public API. Imports neither half."""
