"""hypothesis' examples are the same in each run, and have no deadline."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.load_profile("steady")
