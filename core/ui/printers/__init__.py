"""The printers: a list and a form with a test print."""
