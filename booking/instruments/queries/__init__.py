"""Every question about instruments has a name here; answers are columns or small frozen values."""
