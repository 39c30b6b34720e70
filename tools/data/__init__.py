"""Make the shipped data tables and the text model from pinned inputs."""
