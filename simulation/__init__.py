"""Long runs with faults: a simulated day, soaks. Programs, not tests."""
