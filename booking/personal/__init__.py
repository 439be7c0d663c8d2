"""Personal data: what is kept of whom, why and for how long; everybody's own, to take along."""
