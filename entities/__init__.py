"""From items to entities: how they are mapped, and what becomes of them in Port."""
