"""Settings of hypothesis for every test: no deadline, as a busy machine is no fault; the same examples each time on CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("sendbook", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI")))
settings.load_profile("sendbook")
