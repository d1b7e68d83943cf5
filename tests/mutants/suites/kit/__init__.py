"""What somebody writes who has the kit: an adapter of his client, and one call of the machine."""
