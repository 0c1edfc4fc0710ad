"""Resyncs under random faults against a model of what the catalog must hold."""
