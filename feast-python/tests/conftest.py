"""Examples of hypothesis are the same every time, however busy the machine is."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.load_profile("steady")
