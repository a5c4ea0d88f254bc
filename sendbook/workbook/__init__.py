"""Reading, making and changing workbooks."""
