"""The argmin of a function of the user's own, as a function of its other arguments, with the verdict on it."""
