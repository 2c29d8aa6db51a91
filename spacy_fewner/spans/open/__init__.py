"""Open labels: the head's weights for a label, read from what the label is called and means."""

SHIPPED = "open"  # the name of the start that comes with the package
