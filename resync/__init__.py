"""What a resync does for one kind: from a resource of the mapping to batches of items."""
