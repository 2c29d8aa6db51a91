"""What `fit` leaves behind: the folder, the figures and the wheel."""
