"""Records for the centre's own analysis: whole tables as Parquet, without persons and secrets."""
