"""Still-picture containers: which blocks they hold, and where they end."""
