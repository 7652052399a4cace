"""What the lazy load is worth: stock against lazy, in fresh processes (``make bench``)."""
