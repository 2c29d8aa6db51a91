"""What a token may be to a span of a label."""

START, INSIDE, END, BEFORE, AFTER = range(5)
TRAINED = 3  # the first of them have a loss of their own: columns of the output in training
