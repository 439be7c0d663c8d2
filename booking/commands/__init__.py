"""The commands of `booking`, by what they are about; each is thin and calls actions."""
