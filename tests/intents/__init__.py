"""What must be true of every environment, whatever the snapshots say."""
