"""Who is told what: one function per fact, one file per room that announces."""
