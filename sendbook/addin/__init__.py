"""The Excel add-in: made from the VBA and the ribbon in `macros/`."""
