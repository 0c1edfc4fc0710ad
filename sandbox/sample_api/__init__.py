"""A believable REST API over HTTP, for the demo, the tests and the benchmarks.

Addresses are ``/{auth}/{pagination}/{resource}``, the same records under each authentication and
pagination type. Switches, in the query or through :meth:`SampleApi.behave`, make it misbehave.
"""

from sandbox.sample_api.app import SampleApi
from sandbox.sample_api.messages import SeenRequest

__all__ = ["SampleApi", "SeenRequest"]
