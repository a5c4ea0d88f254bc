"""The open workbook: read, drawn into and marked through xlwings, in whatever application has it open."""
