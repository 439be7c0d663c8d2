"""The HTTP and HTML toolkit; knows nothing of instruments. `setup.equip(app)` puts it in place."""
