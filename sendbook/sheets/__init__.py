"""Results described as sheets: plain data, drawn elsewhere."""
