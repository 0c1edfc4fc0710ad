"""Local servers for the demo, the tests and the benchmarks: a Port API and a sample REST API."""
